"""The contract file, sla.toml: what was agreed, with whom, and how rows and tables are read."""

from __future__ import annotations

from sla_compliance.settings.agreement import Agreement
from sla_compliance.settings.contract_file import RowSettings, Settings, load, loads

__all__ = ["Agreement", "RowSettings", "Settings", "load", "loads"]
