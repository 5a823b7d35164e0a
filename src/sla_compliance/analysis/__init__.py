"""Analyses of records: figures that follow from theirs, such as the rest of a budget."""

from sla_compliance.analysis.doctor import doctor
from sla_compliance.analysis.findings import Finding, FindingCode
from sla_compliance.analysis.settlement import DoubtfulRow, Settlement, settlement

__all__ = ["DoubtfulRow", "Finding", "FindingCode", "Settlement", "doctor", "settlement"]
