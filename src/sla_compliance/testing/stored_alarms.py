"""The alarms that suites of sources write, and how they are compared with what a source returns."""
################################################################
# Alarms lie in and about one window, March 2026. What a source returns is compared
# with what the core makes of the same rows in memory, to the microsecond.
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

import pytest

from sla_compliance.alarms import ALARM_COLUMNS, Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.compliance import evaluate
from sla_compliance.units import instant_us

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = datetime(2026, 4, 1, tzinfo=UTC)
SINCE_US, UNTIL_US = instant_us(SINCE, field="since"), instant_us(UNTIL, field="until")
HOUR = timedelta(hours=1)

EVERY_COLUMN: Final = frozenset(column.name for column in ALARM_COLUMNS)
"""The columns of an Alarm."""

Stored = Callable[[str, Iterable[Alarm]], None]
"""Writes the alarms of a tenant."""

HOSTILE_TENANTS = [
    "o'brien",
    'quo"ted',
    "'; DROP TABLE alarms; --",
    "x' OR '1'='1",
    "%",
    "_",
    "a%b",
    "{acme}",
    "acme,acme",
    "\\",
    "acme:",
    "a\nb",
    " acme ",
    "ACME",
    "acm\N{LATIN SMALL LETTER E WITH ACUTE}",
    "🦊",
    "\N{MATHEMATICAL BOLD SCRIPT SMALL A}" * 60,
    "",
]


def needs(columns: Collection[str], *names: str) -> None:
    """Skip the test that calls it where the place lacks a column that the promise is about."""
    missing_names = [name for name in names if name not in columns]
    if missing_names:
        pytest.skip(f"the place does not keep {', '.join(missing_names)}")


def kept(alarms: Iterable[Alarm], columns: Collection[str]) -> list[Alarm]:
    """Return alarms with what a place of these columns keeps of them."""
    return [Alarm(**{name: getattr(alarm, name) for name in EVERY_COLUMN & set(columns)}) for alarm in alarms]


def extents(batch: AlarmBatch) -> list[tuple[int, int]]:
    """Return when the alarms of a batch were raised and over, in order."""
    return sorted(zip(batch.starts_us, batch.ends_us, strict=True))


def undated_extents(batch: AlarmBatch) -> list[tuple[int, int, int | None]]:
    """Return start, end and known bound of the alarms that say they are over and not when, in order."""
    return sorted((batch.starts_us[row], batch.ends_us[row], bound) for row, bound in batch.undated.items())


def bounds(batch: AlarmBatch) -> tuple[Fraction | None, Fraction | None]:
    """Return the least and the greatest availability of the window that no doubt about the rows rules out."""
    report_bounds = evaluate(batch, start=SINCE, end=UNTIL, zone="UTC", as_of=UNTIL).bounds()
    return report_bounds.low, report_bounds.high


def meeting(alarms: Iterable[Alarm]) -> list[tuple[int, int]]:
    """Return the extents of the alarms that share an instant with the window."""
    return [
        (start, end)
        for start, end in extents(AlarmBatch.from_alarms(alarms))
        if start < UNTIL_US and end > SINCE_US and start < end
    ]


def varied_alarms() -> list[Alarm]:
    """Return alarms that overlap, nest, touch, repeat, straddle the window and stay open; deterministic."""
    alarms = [
        Alarm(
            SINCE + timedelta(hours=(row * 37) % 800 - 20, microseconds=row * 7919),
            SINCE + timedelta(hours=(row * 37) % 800 - 20 + row % 5, microseconds=row * 104_729),
            id=f"row {row}",
            alarm_id=f"device {row % 7}",
            severity=("critical", "MAJOR", "minor")[row % 3],
            status="CLEARED",
            last_occurrence=SINCE + timedelta(hours=(row * 37) % 800),
        )
        for row in range(200)
    ]
    still_open = [
        replace(alarms[row], id=f"open {row}", cleared_at=None, status="ACTIVE", severity="major") for row in (3, 90)
    ]
    return alarms + still_open
