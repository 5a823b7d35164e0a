"""Reports of tenants as they come: quiet, stormy, breached, in doubt, without data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import sla_compliance as sla
from sla_compliance.outlets import Document, blocks

ZONE = "Europe/Berlin"
START = datetime(2026, 9, 30, 22, tzinfo=UTC)
END = datetime(2026, 10, 31, 23, tzinfo=UTC)
AFTER = END + timedelta(days=1)

Block = TypeVar("Block", bound=blocks.Block)


def october(*alarms: sla.Alarm, **keywords: Any) -> sla.ComplianceReport:
    """Return the report of October 2026 in Berlin, seen a day after its end."""
    window: dict[str, Any] = {"start": START, "end": END, "zone": ZONE, "as_of": AFTER}
    return sla.evaluate(alarms, **{**window, **keywords})


def outage(day: int, hour: int, minutes: float, **columns: Any) -> sla.Alarm:
    """Return an alarm of a date in October, by the clock of UTC."""
    start = datetime(2026, 10, day, hour, tzinfo=UTC)
    return sla.Alarm(start, start + timedelta(minutes=minutes), **columns)


# A row that does not qualify: it was read, so that nothing was down is a fact.
MINOR = outage(2, 3, 5, severity="minor", id="m")


def quiet() -> sla.ComplianceReport:
    """Return a month without an outage."""
    return october(MINOR)


def stormy() -> sla.ComplianceReport:
    """Return a month of 500 outages on 20 resources."""
    alarms = []
    for number in range(500):
        start = START + timedelta(hours=number, minutes=number % 37)
        resource = f"olt-{number % 20}"
        end = start + timedelta(seconds=number + 1)
        alarms.append(sla.Alarm(start, end, id=str(number), resource_id=resource, title=f"Cut {number}"))
    return october(*alarms)


def breached() -> sla.ComplianceReport:
    """Return a month that two outages have lost, one of them alone."""
    return october(outage(5, 10, 90, id="a", title="Fibre cut", resource_id="olt-1"), outage(7, 10, 10, id="b"))


def in_doubt() -> sla.ComplianceReport:
    """Return a month in which an alarm was never cleared, and another has no end."""
    stale = sla.Alarm(
        datetime(2026, 10, 20, tzinfo=UTC),
        last_occurrence=datetime(2026, 10, 20, 0, 5, tzinfo=UTC),
        id="stale-7",
        resource_id="olt-1",
    )
    policy = sla.SLAPolicy("99", stale_after=timedelta(days=1))
    return october(stale, outage(3, 1, 10, id="b"), policy=policy, as_of=AFTER + timedelta(days=10))


def without_data() -> sla.ComplianceReport:
    """Return a month that nothing monitored."""
    return october(MINOR, monitored=[])


def agreed() -> sla.ComplianceReport:
    """Return a month with planned work, an exclusion of one resource, work that was refused, and service hours."""
    night = datetime(2026, 10, 12, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    return october(
        outage(12, 1, 30, id="a", resource_id="olt-1"),
        outage(14, 10, 20, id="b", resource_id="olt-2"),
        outage(18, 10, 20, id="sunday"),
        maintenance=[
            sla.MaintenanceWindow(night, night + hour, reason="New card", author="noc@example.com"),
            sla.MaintenanceWindow(night + 24 * hour, night + 25 * hour, kind="emergency", reason="Leak"),
        ],
        exclusions=[
            sla.Exclusion(
                datetime(2026, 10, 14, 10, tzinfo=UTC),
                datetime(2026, 10, 14, 11, tzinfo=UTC),
                applies_to={"resource_id": ["olt-2"]},
                reason="No access",
                author="desk",
            )
        ],
        service_hours=sla.ServiceHours.weekly({"mon-sat": "00:00-24:00"}),
    )


WORLDS = {
    "quiet": quiet,
    "stormy": stormy,
    "breached": breached,
    "in doubt": in_doubt,
    "without data": without_data,
    "agreed": agreed,
    "without rows": october,
}


def section(made: Document, name: str) -> tuple[blocks.Block, ...]:
    """Return the blocks below the heading of a section."""
    names = [block.name if isinstance(block, blocks.Heading) else "" for block in made.blocks]
    first = names.index(name) + 1
    after = next((place for place in range(first, len(names)) if names[place]), len(names))
    return made.blocks[first:after]


def table(made: Document, name: str) -> blocks.Table:
    """Return a table by its name."""
    (found,) = [block for block in made.blocks if isinstance(block, blocks.Table) and block.name == name]
    return found


def column(made: Document, table_name: str, key: str) -> list[str]:
    """Return the texts of a column of a table, as `plain` has them."""
    rows = table(made, table_name)
    (place,) = [place for place, shown in enumerate(rows.columns) if shown.key == key]
    return [plain(row.cells[place].text) for row in rows.rows]


def sentences(made: Document, name: str) -> list[str]:
    """Return the sentences of a section's notes, with plain blanks."""
    notes = [block for block in section(made, name) if isinstance(block, blocks.Note)]
    return [plain(sentence) for note in notes for sentence in note.sentences]


def plain(text: str) -> str:
    """Return a text with plain blanks, dashes and signs."""
    return text.translate({0x202F: " ", 0x00A0: " ", 0x2013: "-", 0x2212: "-"})


def texts(value: object) -> list[str]:
    """Return all texts of a document, or of a part of one, records left out."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for part in value for text in texts(part)]
    if hasattr(value, "__dataclass_fields__"):
        names = [name for name in value.__dataclass_fields__ if name != "records"]
        return [text for name in names for text in texts(getattr(value, name))]
    return []
