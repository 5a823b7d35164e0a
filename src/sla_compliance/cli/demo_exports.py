"""CSV exports of the sample provider, as `sla-compliance report` reads them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sla_compliance.samples import COLUMNS, SampleProvider
from sla_compliance.server.sample_database import affected_resources, announced_at

WINDOW_COLUMNS = ("start", "end", "kind", "reason", "announced_at", "resource_id")


def write_exports(provider: SampleProvider, alarms: Path, maintenance: Path) -> None:
    """Write the provider's alarms and maintenance windows to two files."""
    alarm_rows = [[getattr(alarm, name) for name in COLUMNS] for alarm in provider.rows]
    window_rows = [
        (
            window.start,
            window.end,
            window.kind,
            window.reason,
            announced_at(window),
            ";".join(affected_resources(window)),
        )
        for window in provider.maintenance
    ]
    _write_csv(alarms, COLUMNS, alarm_rows)
    _write_csv(maintenance, WINDOW_COLUMNS, window_rows)


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow([value.isoformat() if isinstance(value, datetime) else value for value in row])
