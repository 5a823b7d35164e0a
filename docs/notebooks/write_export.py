"""Write the export that the notebooks read: ninety days of a provider that does not exist, always the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sla_compliance.cli.demo_exports import write_exports
from sla_compliance.samples import sample_provider

AS_OF = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
FOLDER = Path("export")

FOLDER.mkdir(exist_ok=True)
write_exports(sample_provider(AS_OF), FOLDER / "alarms.csv", FOLDER / "maintenance.csv")
