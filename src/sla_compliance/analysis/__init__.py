"""Analyses of reports: what cost a period, what is left of it, what is doubtful, what changed."""

from sla_compliance.analysis.attribution import Attribution, Share, attribution, effect_us
from sla_compliance.analysis.budgets import ErrorBudget, budget, burn_rate
from sla_compliance.analysis.decisive import decisive_incidents
from sla_compliance.analysis.differences import Difference, RowChanges, difference
from sla_compliance.analysis.doctor import doctor
from sla_compliance.analysis.findings import Finding, FindingCode
from sla_compliance.analysis.incident_costs import IncidentCost, IncidentCosts, incident_costs
from sla_compliance.analysis.projection import ProjectedBudget, projected_budget
from sla_compliance.analysis.reliability import Reliability, reliability
from sla_compliance.analysis.restatements import restate
from sla_compliance.analysis.settlement import DoubtfulRow, Settlement, settlement
from sla_compliance.analysis.statements import Statement, statement
from sla_compliance.analysis.trends import Change, Trend, trend

__all__ = [
    "Attribution",
    "Change",
    "Difference",
    "DoubtfulRow",
    "ErrorBudget",
    "Finding",
    "FindingCode",
    "IncidentCost",
    "IncidentCosts",
    "ProjectedBudget",
    "Reliability",
    "RowChanges",
    "Settlement",
    "Share",
    "Statement",
    "Trend",
    "attribution",
    "budget",
    "burn_rate",
    "decisive_incidents",
    "difference",
    "doctor",
    "effect_us",
    "incident_costs",
    "projected_budget",
    "reliability",
    "restate",
    "settlement",
    "statement",
    "trend",
]
