"""Windows of maintenance and other exclusions: what is kept, what is refused."""

from __future__ import annotations

import dataclasses
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from sla_compliance.calendars.exclusions import Exclusion, MaintenanceKind, MaintenanceWindow
from sla_compliance.errors import (
    InstantOutOfRangeError,
    InvalidIntervalError,
    InvalidRecurrenceError,
    InvalidTypeError,
    InvalidValueError,
    NaiveDatetimeError,
    SLAComplianceError,
    UnknownZoneError,
)
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.units import HOUR_US, instant_us
from sla_compliance.zones import load_zone

START = datetime(2026, 10, 1, 22, tzinfo=UTC)
END = START + timedelta(hours=4)
START_US = instant_us(START, field="start")


def test_a_window_is_its_time_in_any_zone() -> None:
    """A single window knows no wall: it is the agreed stretch, clipped to what is asked for."""
    window = MaintenanceWindow(START, END)
    assert window.expand("Asia/Tokyo", 0, 2 * START_US) == IntervalSet((START_US,), (START_US + 4 * HOUR_US,))
    assert window.expand("UTC", START_US + HOUR_US, START_US + 2 * HOUR_US).total_us == HOUR_US
    assert window.expand("UTC", START_US + 4 * HOUR_US, 2 * START_US) == NEVER


@pytest.mark.parametrize(("worked", "excused"), [(0, 0), (1, 1), (4, 4), (9, 4)])
def test_an_actual_end_only_shortens(worked: int, excused: int) -> None:
    """Work that is over early excuses less; an overrun excuses no more than was agreed."""
    window = MaintenanceWindow(START, END, actual_end=START + timedelta(hours=worked))
    assert window.expand("UTC", 0, 2 * START_US).total_us == excused * HOUR_US


def test_an_exclusion_is_its_time() -> None:
    """Another exclusion is the stretch between its ends."""
    exclusion = Exclusion(START, END, reason="no access", note="gate locked", author="noc")
    assert exclusion.expand("Asia/Tokyo", 0, 2 * START_US) == IntervalSet((START_US,), (START_US + 4 * HOUR_US,))
    assert (exclusion.reason, exclusion.note, exclusion.author) == ("no access", "gate locked", "noc")


def test_a_window_without_length_excuses_nothing() -> None:
    """Start and end may be one instant."""
    assert MaintenanceWindow(START, START).expand("UTC", 0, 2 * START_US) == NEVER


def test_facts_are_kept() -> None:
    """A window tells what it was given, its bounds as moments in UTC."""
    lagos = START.astimezone(timezone(timedelta(hours=1)))
    window = MaintenanceWindow(
        lagos, END, announced_at=START, actual_end=END, reason="core router", zone="Africa/Lagos"
    )
    assert (window.start, window.end, window.start.tzinfo) == (START, END, UTC)
    assert (window.announced_at_us, window.actual_end_us) == (START_US, START_US + 4 * HOUR_US)
    assert (window.reason, window.zone, window.recurrence) == ("core router", "Africa/Lagos", None)
    assert window.kind is MaintenanceKind.PLANNED


@pytest.mark.parametrize("kind", ["emergency", "EMERGENCY"])
def test_kinds_are_read_in_any_case(kind: str) -> None:
    """Text names a kind as well as the kind itself."""
    assert MaintenanceWindow(START, END, kind=kind).kind is MaintenanceKind.EMERGENCY
    assert MaintenanceWindow(START, END, kind=MaintenanceKind.EMERGENCY).kind is MaintenanceKind.EMERGENCY


def test_equal_windows_are_equal_wherever_they_come_from() -> None:
    """Order of values, zones and kinds of collection make no difference; windows travel and are keys."""
    one = MaintenanceWindow(START, END, applies_to={"resource_id": ["r2", "r1", "r1"], "customer_id": "c1"})
    local = START.astimezone(load_zone("Asia/Tokyo"))
    two = MaintenanceWindow(local, END, applies_to={"customer_id": {"c1"}, "resource_id": ("r1", "r2")})
    assert one == two
    assert hash(one) == hash(two)
    assert pickle.loads(pickle.dumps(two)) == one  # noqa: S301
    other = Exclusion(START, END, reason="flood", applies_to={"customer_id": "c1"})
    assert len({one, two, other, pickle.loads(pickle.dumps(other))}) == 2  # noqa: S301


def test_windows_are_frozen() -> None:
    """Nothing changes a window once it is made."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        MaintenanceWindow(START, END).reason = "late"  # type: ignore[misc]


def test_applies_to_is_a_mapping_of_values() -> None:
    """One text is one value, and columns without values match nothing and are left out."""
    window = MaintenanceWindow(START, END, applies_to={"resource_id": ["r1", "r2"], "customer_id": "c1", "site": []})
    assert window.applies_to == {"resource_id": frozenset({"r1", "r2"}), "customer_id": frozenset({"c1"})}
    assert MaintenanceWindow(START, END, applies_to={"circuit": 7}).applies_to == {"circuit": frozenset({"7"})}
    assert MaintenanceWindow(START, END).applies_to is None
    assert Exclusion(START, END, reason="flood").applies_to is None


def test_a_key_of_several_columns_has_tuples_of_values() -> None:
    """One tuple may be given by itself; numbers are kept as text."""
    several = {("resource_type", "resource_id"): {("olt", 17), ("ont", 18)}}
    window = MaintenanceWindow(START, END, applies_to=several)
    assert window.applies_to == {("resource_type", "resource_id"): frozenset({("olt", "17"), ("ont", "18")})}
    one = MaintenanceWindow(START, END, applies_to={("resource_type", "resource_id"): ("olt", "17")})
    assert one.applies_to == {("resource_type", "resource_id"): frozenset({("olt", "17")})}


def test_a_window_only_where_a_column_has_a_value_is_the_same_otherwise() -> None:
    """Everybody's becomes that of the value; a targeted one needs the value too."""
    facts: dict[str, Any] = {"reason": "fibre", "entered_at": START, "recurrence": "FREQ=DAILY", "zone": "Asia/Tokyo"}
    whole = MaintenanceWindow(START, END, **facts)
    assert whole.only_where("tenant_id", "a") == MaintenanceWindow(START, END, applies_to={"tenant_id": ["a"]}, **facts)
    targeted = {"resource_id": ["r1", "r2"], ("resource_type", "resource_id"): {("olt", "7")}}
    narrowed = Exclusion(START, END, reason="x", applies_to=targeted, with_children=True).only_where("t", "a")
    assert narrowed.applies_to == {
        ("t", "resource_id"): {("a", "r1"), ("a", "r2")},
        ("t", "resource_type", "resource_id"): {("a", "olt", "7")},
    }
    assert narrowed.with_children


def test_a_window_keeps_when_it_was_entered_and_whom_it_reaches() -> None:
    """Beside when it was announced."""
    facts: dict[str, Any] = {"applies_to": {"resource_id": "r1"}, "with_children": True}
    window = MaintenanceWindow(START, END, entered_at=START + timedelta(hours=1), **facts)
    assert (window.entered_at_us, window.announced_at_us) == (START_US + HOUR_US, None)
    assert window.with_children
    assert Exclusion(START, END, reason="flood", **facts).with_children
    assert not MaintenanceWindow(START, END).with_children


NAIVE = datetime(2026, 10, 1)  # noqa: DTZ001

BAD: list[tuple[str, type[SLAComplianceError], dict[str, Any]]] = [
    ("start", NaiveDatetimeError, {"start": NAIVE}),
    ("end", NaiveDatetimeError, {"end": NAIVE}),
    ("end", InvalidIntervalError, {"end": START - timedelta(seconds=1)}),
    ("start", InvalidTypeError, {"start": "2026-10-01T00:00:00Z"}),
    ("start", InvalidTypeError, {"start": date(2026, 10, 1)}),
    ("end", InvalidTypeError, {"end": None}),
    ("start", InstantOutOfRangeError, {"start": datetime(1, 1, 1, tzinfo=UTC)}),
    ("end", InstantOutOfRangeError, {"end": datetime(9999, 12, 31, tzinfo=UTC)}),
    ("applies_to", InvalidValueError, {"applies_to": {}}),
    ("applies_to", InvalidValueError, {"applies_to": {"resource_id": []}}),
    ("applies_to", InvalidTypeError, {"applies_to": ["r1"]}),
    ("applies_to", InvalidTypeError, {"applies_to": "r1"}),
    ("applies_to", InvalidTypeError, {"applies_to": {1: "r1"}}),
    ("applies_to['resource_id']", InvalidTypeError, {"applies_to": {"resource_id": 5.0}}),
    ("applies_to['resource_id']", InvalidTypeError, {"applies_to": {"resource_id": [5.0, "r1"]}}),
    ("applies_to['resource_id']", InvalidTypeError, {"applies_to": {"resource_id": None}}),
    ("reason", InvalidTypeError, {"reason": None}),
]
BAD_WINDOWS: list[tuple[str, type[SLAComplianceError], dict[str, Any]]] = [
    ("kind", InvalidValueError, {"kind": "planed"}),
    ("kind", InvalidTypeError, {"kind": None}),
    ("announced_at", NaiveDatetimeError, {"announced_at": NAIVE}),
    ("actual_end", NaiveDatetimeError, {"actual_end": NAIVE}),
    ("actual_end", InvalidIntervalError, {"actual_end": START - timedelta(seconds=1)}),
    ("actual_end", InvalidRecurrenceError, {"actual_end": END, "recurrence": "FREQ=DAILY"}),
    ("zone", UnknownZoneError, {"zone": "Mars/Base"}),
    ("zone", UnknownZoneError, {"zone": ""}),
    ("zone", InvalidTypeError, {"zone": 1}),
]
BAD_EXCLUSIONS: list[tuple[str, type[SLAComplianceError], dict[str, Any]]] = [
    ("reason", InvalidValueError, {"reason": ""}),
    ("reason", InvalidValueError, {"reason": " \n"}),
    ("note", InvalidTypeError, {"note": None}),
    ("author", InvalidTypeError, {"author": 1}),
]


@pytest.mark.parametrize(("field", "kind", "facts"), BAD + BAD_WINDOWS)
def test_impossible_windows_are_refused(field: str, kind: type[SLAComplianceError], facts: dict[str, Any]) -> None:
    """One error names the field at fault, when the window is made."""
    with pytest.raises(kind) as caught:
        MaintenanceWindow(**{"start": START, "end": END, **facts})
    assert caught.value.field == field


@pytest.mark.parametrize(("field", "kind", "facts"), BAD + BAD_EXCLUSIONS)
def test_impossible_exclusions_are_refused(field: str, kind: type[SLAComplianceError], facts: dict[str, Any]) -> None:
    """The same holds for the other exclusions, which must say why."""
    with pytest.raises(kind) as caught:
        Exclusion(**{"start": START, "end": END, "reason": "flood", **facts})
    assert caught.value.field == field
