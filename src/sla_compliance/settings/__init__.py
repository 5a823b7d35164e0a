"""The contract file, sla.toml: what was agreed, with whom, and how rows and tables are read."""

from __future__ import annotations

from sla_compliance.settings.agreement import Agreement
from sla_compliance.settings.contract_file import RowSettings, Settings, load, loads
from sla_compliance.settings.notifications import AlertSettings, ReportSettings

__all__ = ["Agreement", "AlertSettings", "ReportSettings", "RowSettings", "Settings", "load", "loads"]
