"""Targets whose input becomes rows with options: alarms and logs of state changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import sla_compliance as sla
from tests.fuzz.byte_reader import ByteReader
from tests.fuzz.target import Target, documented_errors_only
from tests.fuzz.text_targets import EPOCHS, START, ZONES

_NAMES: Final = (
    *("first_occurrence", "cleared_at", "severity", "id", "alarm_id", "resource_id", "customer_id", "status"),
    *("alarm_type", "resolved_at", "last_occurrence", "subscriber_count", "title", "parent_alarm_id"),
    *("Time", "First_Occurrence", "labels.severity", "labels", "row", "tenant_id", "", "at", "state", "monitor"),
)
_WORDS: Final = (
    *("2025-10-20T08:00:00Z", "2025-10-20 08:00:00", "2025-10-21T08:00:00+02:00", "26.10.2025 01:30", "1761436800"),
    *(
        "critical",
        "Major",
        "Disaster",
        "cleared",
        "RESOLVED",
        "active",
        "r1",
        "r2",
        "17",
        "down",
        "up",
        "OK",
        "unknown",
    ),
)
_MODES: Final = ("raise", "quarantine")
_DAYS: Final = 7


def check_rows(data: bytes) -> None:
    """In quarantine mode no row is lost: it is an alarm or is listed; every batch can be evaluated."""
    reader = ByteReader(data)
    mode = reader.choice(_MODES)
    options = _row_options(reader)
    rows = _rows(reader)
    with documented_errors_only():
        batch = sla.alarms_from_rows(rows, on_invalid=mode, **options)  # type: ignore[arg-type]
        # Rows of one id are one alarm.
        counted_rows = len(batch) + len(batch.rejected)
        assert counted_rows <= len(rows) if "id" in batch.columns else counted_rows == len(rows)
        assert mode == "quarantine" or not batch.rejected
        _check_evaluation(batch, reader)


def check_changes(data: bytes) -> None:
    """The same for logs of state changes."""
    reader = ByteReader(data)
    mode = reader.choice(_MODES)
    options: dict[str, Any] = {"down": reader.choice(("down", ("down", "OK"), ("*",), reader.value(_WORDS)))}
    if reader.boolean():
        options["up"] = reader.choice(("up", ("up", "OK"), "*", reader.value(_WORDS)))
    if reader.boolean():
        options["key"] = reader.choice(("monitor", "labels.severity", "at", reader.text()))
    options["before"] = reader.choice(("auto", "unknown", "up", "down"))
    options["times_in"], options["epoch"] = reader.choice((None, *ZONES)), reader.choice(EPOCHS)
    names = ("at", "state", "monitor", reader.choice(_NAMES))
    rows = [{name: reader.value(_WORDS) for name in names} for _ in range(reader.integer(0, 12))]
    with documented_errors_only():
        batch = sla.alarms_from_changes(rows, on_invalid=mode, **options)  # type: ignore[arg-type]
        _check_evaluation(batch, reader)


def _row_options(reader: ByteReader) -> dict[str, Any]:
    options: dict[str, Any] = {"times_in": reader.choice((None, *ZONES)), "epoch": reader.choice(EPOCHS)}
    if reader.boolean():
        options["columns"] = {reader.choice(_NAMES): reader.choice(_NAMES) for _ in range(reader.integer(0, 3))}
    if reader.boolean():
        options["severity_map"] = {reader.choice(("critical", "minor", "x")): reader.value(_WORDS)}
    if reader.boolean():
        options["status_map"] = {reader.choice(("cleared", "active", "x")): reader.choice(("OK", "*", ["up", "*"]))}
    if reader.boolean():
        options["clock_skew"] = timedelta(minutes=reader.integer(0, 600))
    return options


def _rows(reader: ByteReader) -> list[dict[str, Any]]:
    names = [reader.choice(_NAMES) for _ in range(reader.integer(1, 5))]
    shared_names = ("first_occurrence", *names)
    rows = []
    for _ in range(reader.integer(0, 8)):
        row = {name: reader.value(_WORDS) for name in shared_names}
        if reader.integer(0, 7) == 0:
            row[reader.text()] = reader.value(_WORDS)
        rows.append(row)
    return rows


def _check_evaluation(batch: sla.AlarmBatch, reader: ByteReader) -> None:
    """Cells share out the window, to the microsecond, of every key as well."""
    terms: Mapping[str, Any] = {
        "start": START,
        "end": START + timedelta(days=_DAYS),
        "zone": reader.choice(ZONES),
        "as_of": START + timedelta(hours=reader.integer(0, 24 * _DAYS)),
    }
    report = sla.evaluate(batch, **terms)
    assert sum(report.total.cells_us) == timedelta(days=_DAYS) // timedelta(microseconds=1)
    assert [record.date for record in report.days] == sorted(record.date for record in report.days)
    assert report.bounds() is not None
    assert report.quality.lines() is not None
    for keyed in sla.evaluate_each(batch, **terms).values():
        assert keyed.total.uptime_us + keyed.total.downtime_us == keyed.total.observed_us


TARGETS: Final = (
    Target(
        name="rows",
        check=check_rows,
        seeds=(bytes(200), bytes(range(200)), bytes(range(255, 55, -1)), b"\1\2\1" + bytes(range(0, 250, 3)) * 3),
        words=_WORDS,
        longest_bytes=600,
    ),
    Target(
        name="changes",
        check=check_changes,
        seeds=(bytes(200), bytes(range(200)), bytes(range(255, 55, -1)), b"\1\0\0" + bytes(range(0, 250, 7)) * 4),
        words=_WORDS,
        longest_bytes=600,
    ),
)
