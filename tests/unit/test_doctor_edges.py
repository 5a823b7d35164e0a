"""The doctor at its edges: which rows a finding is of, what would settle it, and the words that programs read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import FindingCode, doctor
from sla_compliance.analysis.findings import NAMES_OF_A_FINDING
from tests.unit.moments import HOUR_US, MINUTE_US, at
from tests.unit.test_doctor import examined, stakes_of

Code = FindingCode
MICROSECOND = timedelta(microseconds=1)
NAMES = tuple(f"id {number}" for number in range(NAMES_OF_A_FINDING + 2))


@pytest.mark.parametrize(
    ("alarms", "code", "terms", "keyword"),
    [
        ([sla.Alarm(at(20), id=name, last_occurrence=at(20, 22)) for name in NAMES], Code.OPEN, {}, "corrections"),
        ([sla.Alarm(at(2), id=name, last_occurrence=at(3)) for name in NAMES], Code.UNSEEN, {}, "corrections"),
        (
            [sla.Alarm(at(2), id=name, last_occurrence=at(3)) for name in NAMES],
            Code.CUT_OFF,
            {"policy": sla.SLAPolicy(stale_after=timedelta(days=3))},
            "refreshed_every",
        ),
        (
            [sla.Alarm(at(2), id=name, status="cleared", last_occurrence=at(3)) for name in NAMES],
            Code.UNDATED,
            {},
            "corrections",
        ),
        (
            [sla.Alarm(at(2), at(2, hour), id=name) for name in NAMES for hour in (1, 2)],
            Code.DISAGREEING,
            {},
            "corrections",
        ),
        ([sla.Alarm(at(2), at(3), id=name, severity="cleared") for name in NAMES], Code.OVERWRITTEN, {}, "corrections"),
        (
            [sla.Alarm(datetime(1970, 1, 1, 0, 1, tzinfo=UTC), at(3), id=name) for name in NAMES],
            Code.RAISED_IN_1970,
            {},
            "corrections",
        ),
        ([sla.Alarm(at(3), at(2), id=name) for name in NAMES], Code.SET_ASIDE, {"on_invalid": "quarantine"}, None),
        (
            [sla.Alarm(None, at(2), id=name) for name in NAMES],  # type: ignore[arg-type]
            Code.NO_START,
            {"on_invalid": "quarantine"},
            "times_in",
        ),
        ([sla.Alarm(at(2), at(3), id=name) for name in NAMES], Code.WITHOUT_KEY, {"by": "customer_id"}, "unkeyed"),
    ],
    ids=lambda value: str(value) if isinstance(value, FindingCode) else "",
)
def test_a_finding_names_the_first_few_rows_and_counts_all(
    alarms: list[sla.Alarm], code: FindingCode, terms: dict[str, Any], keyword: str | None
) -> None:
    """And says which argument would settle it."""
    finding = examined(alarms, **terms)[code]
    assert finding.rows == len(alarms)
    assert finding.names == NAMES[:NAMES_OF_A_FINDING]
    assert finding.keyword == (keyword or "corrections")


@pytest.mark.parametrize(
    ("alarm", "code", "terms"),
    [
        ({"last_occurrence": at(20, 22)}, Code.OPEN, {}),
        ({"status": "cleared", "last_occurrence": at(20, 2)}, Code.UNDATED, {}),
        ({"cleared_at": at(20, 2), "severity": "cleared"}, Code.OVERWRITTEN, {}),
        ({"cleared_at": at(19)}, Code.SET_ASIDE, {"on_invalid": "quarantine"}),
    ],
)
def test_rows_without_ids_are_settled_by_a_column_of_ids_first(
    alarm: dict[str, Any], code: FindingCode, terms: dict[str, Any]
) -> None:
    """A correction names a row by its id; one row without is enough."""
    without, with_id = sla.Alarm(at(20), **alarm), sla.Alarm(at(20), id="7", **alarm)
    assert examined([without], **terms)[code].keyword == "columns"
    assert examined([without, with_id], **terms)[code].keyword == "columns"
    assert examined([with_id], **terms)[code].keyword == "corrections"


def test_an_alarm_is_unseen_after_seven_days_and_not_before() -> None:
    """Exactly seven days ago is seen."""
    seen = sla.Alarm(at(2), id="1", last_occurrence=at(14))
    assert stakes_of([seen]) == {Code.OPEN: 7 * 24 * HOUR_US}
    assert set(stakes_of([sla.Alarm(at(2), id="1", last_occurrence=at(14) - MICROSECOND)])) == {Code.UNSEEN}
    assert examined([seen])[Code.OPEN].sentence.startswith("1 alarm not over, counted as down until")
    last = sla.Alarm(at(21) - MICROSECOND, id="1")
    assert stakes_of([last], as_of=at(22)) == {Code.OPEN: 1}
    assert stakes_of([sla.Alarm(at(21), id="1")], as_of=at(22)) == {}


def test_an_alarm_seen_before_it_was_raised_was_seen_at_its_start() -> None:
    """Clocks differ; what is at stake begins with the alarm."""
    assert stakes_of([sla.Alarm(at(20), id="1", last_occurrence=at(19))]) == {Code.OPEN: 24 * HOUR_US}


def test_copies_snapshots_and_skewed_rows_have_no_minutes() -> None:
    """The finding says why, and what would settle it."""
    copies = examined([sla.Alarm(at(5), at(5, 1), id="1")] * 3)[Code.COPIES]
    assert (copies.sentence, copies.reason, copies.keyword) == (
        "2 rows that repeat another in every column",
        "no minutes: one of the copies counts",
        "columns",
    )
    snapshots = [sla.Alarm(at(5), id="1", last_occurrence=at(5, 1)), sla.Alarm(at(5), at(5, 2), id="1")]
    finding = examined(snapshots)[Code.SNAPSHOTS]
    assert (finding.rows, finding.at_stake_us, finding.keyword) == (1, None, "columns")
    apart = [sla.Alarm(at(5), at(5, 1), id="1"), sla.Alarm(at(6), at(6, 1), id="1")]
    assert examined(apart)[Code.REPEATED_IDS].keyword == "columns"
    skewed = sla.AlarmBatch.from_alarms([sla.Alarm(at(5, 1), at(5), id="1")], clock_skew=timedelta(hours=2))
    finding = examined(skewed)[Code.CLOCK_SKEW]
    assert (finding.rows, finding.at_stake_us, finding.keyword) == (1, None, "clock_skew")


def test_rows_that_disagree_are_at_stake_between_what_all_say_and_what_any_says() -> None:
    """Also where one is still open, and where other rows agree."""
    open_one = [
        sla.Alarm(at(20), at(20, 4), id="1"),
        sla.Alarm(at(20, 2), id="1", last_occurrence=at(20, 23)),
        sla.Alarm(at(19), at(19, 12), id="2"),
    ]
    assert stakes_of(open_one)[Code.DISAGREEING] == 22 * HOUR_US
    assert examined(open_one)[Code.DISAGREEING].rows == 2


def test_unknown_words_are_quoted_each_once() -> None:
    """The first few; rows of other faults are another finding."""
    rows = [
        {"id": str(number), "severity": word, "first_occurrence": at(5), "cleared_at": at(5, 1)}
        for number, word in enumerate(["High", "P1", "High", "P2", "P3", "P4", "P5"])
    ]
    finding = examined(rows, on_invalid="quarantine")[Code.UNKNOWN_SEVERITY]
    assert finding.rows == 7
    assert finding.sentence == ("7 rows set aside for 6 unknown severities: 'High', 'P1', 'P2', 'P3', 'P4'")
    assert (finding.keyword, finding.names) == ("severity_map", ("High", "P1", "P2", "P3", "P4", "P5"))
    assert finding.at_stake_us == HOUR_US


def test_clocks_never_set_raise_on_the_first_day_of_1970() -> None:
    """Its first instant counts; the second day does not."""
    first, second = datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 2, tzinfo=UTC)
    assert stakes_of([sla.Alarm(first, at(2), id="1")]) == {Code.RAISED_IN_1970: 24 * HOUR_US}
    assert stakes_of([sla.Alarm(second - MICROSECOND, at(2), id="1")]) == {Code.RAISED_IN_1970: 24 * HOUR_US}
    assert stakes_of([sla.Alarm(second, at(2), id="1")]) == {}
    assert stakes_of([sla.Alarm(first - MICROSECOND, at(2), id="1")]) == {}


def test_windows_are_named_and_counted() -> None:
    """Those for all alarms together; a late one by its name, once for all its occurrences."""
    outage = [sla.Alarm(at(5), at(5, 4), id="1", resource_id="a")]
    pairs = [(at(5, 1), at(5, 2)), (at(5, 3), at(5, 4))]
    named = sla.MaintenanceWindow(at(6), at(7), reason="card")
    finding = examined(outage, maintenance=[*pairs, named])[Code.UNTARGETED_WINDOW]
    assert (finding.sentence, finding.rows) == ("3 windows for all alarms, whatever they are of", 3)
    assert (finding.at_stake_us, finding.keyword) == (2 * HOUR_US, "applies_to")
    applies_to = {"resource_id": ["a"]}
    late = [
        sla.MaintenanceWindow(at(5, hour), at(5, hour, 30), applies_to=applies_to, announced_at=at(6))
        for hour in (0, 1, 2, 3, 4, 5)
    ]
    theft = sla.Exclusion(at(5), at(5, 1), reason="theft", applies_to=applies_to)
    finding = examined(outage, maintenance=late, exclusions=[theft])[Code.LATE_WINDOW]
    assert (finding.rows, finding.keyword, len(finding.names)) == (6, "planned_work", NAMES_OF_A_FINDING)
    assert finding.at_stake_us == 90 * MINUTE_US


def test_history_begins_with_the_first_row_of_any_kind() -> None:
    """One that was set aside as well; exactly at the window's start nothing is missing."""
    good = sla.Alarm(at(3), at(4), id="1")
    finding = examined([good], monitored=None)[Code.HISTORY]
    assert (finding.rows, finding.at_stake_us, finding.keyword) == (0, 48 * HOUR_US, "monitored")
    assert finding.sentence == (
        "no row before 2025-10-03 00:00 UTC, although the window begins earlier: that time counts as up"
    )
    bad = sla.Alarm(at(2), at(1), id="2")
    assert examined([good, bad], monitored=None, on_invalid="quarantine")[Code.HISTORY].at_stake_us == 24 * HOUR_US
    nothing = examined([], monitored=None)[Code.HISTORY]
    assert nothing.sentence.startswith("no row at all, although the window begins earlier")
    assert stakes_of([sla.Alarm(at(1) + MICROSECOND, at(2), id="1")], monitored=None) == {Code.HISTORY: 1}


def test_keys_outside_the_inventory_are_named() -> None:
    """By key, the first few; rows without one stand apart."""
    rows = [sla.Alarm(at(5), at(5, 1), id=str(number), resource_id=f"r{number}") for number in range(7)]
    finding = examined(rows, inventory=["r1", 5])[Code.OUTSIDE_INVENTORY]
    assert (finding.rows, finding.keyword) == (6, "inventory")
    assert finding.sentence == "6 rows of 6 keys that the inventory does not have"
    assert finding.names == ("r0", "r2", "r3", "r4", "r5")
    numbers = [sla.Alarm(at(5), at(5, 1), id="1", resource_id=5)]  # type: ignore[arg-type]
    assert examined(numbers, inventory=[5]) == {}
    with pytest.raises(sla.InvalidTypeError) as caught:
        doctor(rows, inventory=5, start=at(1), end=at(2), zone="UTC", as_of=at(2))  # type: ignore[arg-type]
    assert caught.value.field == "inventory"


def test_assumptions_are_of_all_rows() -> None:
    """And have no minutes."""
    rows = [{"id": str(day), "first_occurrence": at(day), "cleared_at": at(day, 1)} for day in (5, 6)]
    finding = examined(rows)[Code.ASSUMPTION]
    assert (finding.rows, finding.at_stake_us, finding.keyword) == (2, None, "columns")
    assert finding.reason == "no minutes: the rows do not say it, and all figures rest on it"


def test_what_is_at_stake_counts_as_the_policy_s_severities_do() -> None:
    """Where minor alarms alone are outages, what is set aside may be one of those."""
    policy = sla.SLAPolicy(qualifying=sla.AlarmFilter({"minor"}))
    rows = [sla.Alarm(at(5), at(5, 3), id="1", severity="cleared"), sla.Alarm(at(6), at(7), id="2")]
    assert stakes_of(rows, policy=policy) == {Code.OVERWRITTEN: 3 * HOUR_US}


@pytest.mark.parametrize(
    ("applies_to", "names"),
    [
        ({"circuit": ["x"], "resource_id": ["abcdeg"]}, ("resource_id 'abcdeg' (a row has 'abcdef')",)),
        ({"customer_id": ["c9"], "resource_id": ["zzz"]}, ("customer_id 'c9'", "resource_id 'zzz'")),
        ({"resource_id": ["abcdxy"]}, ("resource_id 'abcdxy'",)),
    ],
    ids=["beside a column that rows lack", "of two columns", "of too different a spelling"],
)
def test_a_window_for_values_that_no_row_has(applies_to: dict[Any, Any], names: tuple[str, ...]) -> None:
    """All of its values are named, the nearest spelling only if it is near."""
    rows = [sla.Alarm(at(2), at(3), id="1", resource_id="abcdef", customer_id="c1")]
    window = sla.MaintenanceWindow(at(2), at(3), applies_to=applies_to)
    finding = examined(rows, maintenance=[window])[Code.UNKNOWN_TARGET]
    assert finding.names == names
    assert (finding.rows, finding.keyword) == (1, "applies_to")


def test_a_batch_without_rows_has_no_value_of_its_columns() -> None:
    """The window may be right or misspelt."""
    batch = sla.AlarmBatch.from_columns(starts_us=[], ends_us=[], resource_ids=[])
    assert examined(sla.AlarmBatch(), by="customer_id") == {}
    window = sla.MaintenanceWindow(at(2), at(3), applies_to={"resource_id": ["a"]})
    assert examined(batch, maintenance=[window])[Code.UNKNOWN_TARGET].names == ("resource_id 'a'",)


def test_what_was_corrected_is_examined_as_corrected() -> None:
    """A correction settles its row."""
    row = sla.Alarm(at(20), id="1", last_occurrence=at(20, 22))
    correction = sla.Correction("1", ends=at(20, 23), reason="seen up", author="ana", entered_at=at(20, 23))
    assert examined([row], corrections=[correction]) == {}
