"""Attribution at its edges: what programs read of it, ties, parts of the window, excused time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import Attribution, attribution, effect_us
from tests.unit.moments import HOUR_US, MINUTE_US, at, report_of

MICROSECOND = timedelta(microseconds=1)


def of_resources(alarms: list[sla.Alarm], **terms: Any) -> Attribution:
    """Return the attribution of a day to resources."""
    return attribution(report_of(alarms, at(8), at(9), **terms), by="resource_id")


def alarm(start: float, end: float, resource: str | None, **fields: Any) -> sla.Alarm:
    """Return an alarm by hours of 8 October."""
    hour = timedelta(hours=1)
    return sla.Alarm(at(8) + start * hour, at(8) + end * hour, resource_id=resource, **fields)


def hours_of(result: Attribution) -> dict[Any, tuple[float, float, float]]:
    """Return gross, unique and owned hours by key, in order."""
    return {
        share.key: (share.gross_us / HOUR_US, share.unique_us / HOUR_US, share.owned_us / HOUR_US)
        for share in result.rows
    }


def test_an_attribution_in_json_types_and_in_words() -> None:
    """All of it, or the first rows."""
    policy = sla.SLAPolicy(merge_gap=timedelta(minutes=30))
    result = of_resources([alarm(9, 11, "fibre"), alarm(10, 12, None), alarm(12.25, 13, "fibre")], policy=policy)
    fibre = {
        "key": "fibre",
        "alarms": 2,
        "gross_us": 165 * MINUTE_US,
        "unique_us": 105 * MINUTE_US,
        "shared_us": HOUR_US,
        "owned_us": 165 * MINUTE_US,
    }
    without = {
        "key": None,
        "alarms": 1,
        "gross_us": 2 * HOUR_US,
        "unique_us": HOUR_US,
        "shared_us": HOUR_US,
        "owned_us": HOUR_US,
    }
    whole = {
        "by": "resource_id",
        "start": "2025-10-08T00:00:00+00:00",
        "end": "2025-10-09T00:00:00+00:00",
        "down_us": 4 * HOUR_US,
        "bridged_us": 15 * MINUTE_US,
        "rows": [fibre, without],
    }
    assert result.as_dict() == whole
    assert result.as_dict(limit=1) == {**whole, "rows": [fibre]}
    assert result.explain() == (
        "downtime 4 h by resource_id: gross, unique, owned\n"
        "  fibre: 2 h 45 min, 1 h 45 min, 2 h 45 min; 2 alarms\n"
        "  (none): 2 h, 1 h, 1 h; 1 alarms\n"
        "  bridged, of no alarm: 15 min"
    )
    assert "bridged" not in of_resources([alarm(9, 11, "fibre")]).explain()


def test_of_equal_shares_the_text_of_the_key_decides() -> None:
    """Unique time first, then gross time, then the text, also of keys that are no texts."""
    alarms = [
        *(alarm(start, start + 1, key) for start, key in ((1, "d"), (3, "b"), (5, "c"))),
        alarm(7, 10, "long"),
        alarm(8, 9, "inside"),
        alarm(8, 8.5, "inside too"),
    ]
    assert list(hours_of(of_resources(alarms))) == ["long", "b", "c", "d", "inside", "inside too"]
    pair = [alarm(1, 2, "b"), alarm(3, 4, "a")]
    assert list(hours_of(of_resources(pair))) == ["a", "b"]
    numbers = [sla.Alarm(at(8, hour), at(8, hour, 30), id=number) for hour, number in enumerate((10, 9, 1))]
    shares = attribution(report_of(numbers, at(8), at(9))).rows
    assert [share.key for share in shares] == [1, 10, 9]


def test_time_belongs_to_the_part_that_began_first() -> None:
    """Of equal starts to the row that stands first; a part inside another owns nothing."""
    same_start = of_resources([alarm(1, 2, "a"), alarm(1, 3, "b")])
    assert hours_of(same_start) == {"b": (2, 1, 1), "a": (1, 0, 1)}
    three = of_resources([alarm(1, 6, "a"), alarm(2, 4, "b"), alarm(3, 8, "c")])
    assert hours_of(three) == {"c": (5, 2, 2), "a": (5, 1, 5), "b": (2, 0, 0)}
    nested = of_resources([alarm(0, 10, "outer"), alarm(1, 2, "x"), alarm(3, 5, "y"), alarm(4, 6, "z")])
    assert hours_of(nested) == {"outer": (10, 6, 10), "y": (2, 0, 0), "z": (2, 0, 0), "x": (1, 0, 0)}


def test_alarms_of_one_key_are_joined_where_they_touch_and_apart_else() -> None:
    """Of one inside another the longer one counts; all of its alarms are counted."""
    result = of_resources([alarm(1, 5, "a"), alarm(2, 3, "a"), alarm(5, 6, "a"), alarm(8, 9, "a"), alarm(2, 9, "b")])
    assert hours_of(result) == {"b": (7, 2, 3), "a": (6, 1, 5)}
    assert {share.key: share.alarms for share in result.rows} == {"a": 4, "b": 1}


def test_a_part_of_the_window_clips_alarms_and_counts_those_that_meet_it() -> None:
    """One that touches the part has no instant in it; a part beyond the window ends with it."""
    report = report_of([alarm(1, 3, "a"), alarm(3, 6, "b"), alarm(6, 7, "c")], at(8), at(9))
    part = attribution(report, by="resource_id", start=at(8, 3), end=at(8, 6))
    assert hours_of(part) == {"b": (3, 3, 3)}
    assert (part.down_us, part.total) == (3 * HOUR_US, 1)
    halves = attribution(report, by="resource_id", start=at(8, 2), end=at(8, 4))
    assert hours_of(halves) == {"a": (1, 1, 1), "b": (1, 1, 1)}
    wide = attribution(report, by="resource_id", start=at(1), end=at(20))
    assert (wide.start, wide.end, wide.down_us) == (at(8), at(9), 6 * HOUR_US)
    before = attribution(report, by="resource_id", start=at(1), end=at(2))
    assert (before.start, before.end, before.rows, before.down_us) == (at(8), at(8), (), 0)


def test_the_bounds_of_an_attribution_are_in_the_tenant_s_zone() -> None:
    """As those of its report."""
    written = attribution(report_of([], at(8), at(9), zone="Africa/Lagos")).as_dict()
    assert (written["start"], written["end"]) == ("2025-10-08T01:00:00+01:00", "2025-10-09T01:00:00+01:00")


def test_an_alarm_that_lasts_is_down_until_the_instant_of_evaluation() -> None:
    """Not to the end of the window."""
    report = report_of([sla.Alarm(at(8, 1), resource_id="a")], at(8), at(9), as_of=at(8, 5))
    assert hours_of(attribution(report, by="resource_id")) == {"a": (4, 4, 4)}


def test_bounds_and_keys_are_checked_by_name() -> None:
    """An empty part is no error."""
    report = report_of([alarm(1, 3, "a")], at(8), at(9))
    assert attribution(report, start=at(8, 2), end=at(8, 2)).down_us == 0
    with pytest.raises(sla.InvalidIntervalError, match=r"^end is .*02:00.*, before start .*03:00") as reversed_bounds:
        attribution(report, start=at(8, 3), end=at(8, 2))
    assert reversed_bounds.value.field == "end"
    for bound in ("start", "end"):
        bounds: dict[str, Any] = {bound: at(8).replace(tzinfo=None)}
        with pytest.raises(sla.NaiveDatetimeError) as naive:
            attribution(report, **bounds)
        assert naive.value.field == bound
    for keys in ("a", [["a"]]):
        with pytest.raises(sla.InvalidTypeError) as wrong:
            effect_us(report, keys, by="resource_id")  # type: ignore[arg-type]
        assert wrong.value.field == "keys"
        assert str(wrong.value).endswith("; give values of resource_id, e.g. ['i-17']")


def test_the_effect_of_keys_depends_on_the_column_that_they_are_of() -> None:
    """The alarms' id by default; a key that no row has takes nothing away."""
    report = report_of([alarm(1, 3, "a", id="1"), alarm(2, 5, "b", id="2")], at(8), at(9))
    assert effect_us(report, ["2"]) == effect_us(report, ["b"], by="resource_id") == 2 * HOUR_US
    assert effect_us(report, ["b"]) == effect_us(report, []) == 0
    gross = report_of([alarm(1, 3, "a", id="1")], at(8), at(9), policy=sla.SLAPolicy(accounting=sla.Accounting.GROSS))
    assert effect_us(gross, ["1"]) == 2 * HOUR_US


def test_excused_time_is_no_part_of_an_alarm_unless_it_counts() -> None:
    """By maintenance or otherwise; what both excuse counts as maintenance does."""
    applies_to = {"resource_id": ["a"]}
    windows: dict[str, Any] = {
        "maintenance": [sla.MaintenanceWindow(at(8, 2), at(8, 4), applies_to=applies_to)],
        "exclusions": [sla.Exclusion(at(8, 3), at(8, 6), reason="theft", applies_to=applies_to)],
    }
    alarms = [alarm(1, 8, "a"), alarm(7, 9, "b"), alarm(10, 10, "a")]
    assert hours_of(of_resources(alarms, **windows)) == {"b": (2, 1, 1), "a": (3, 2, 3)}
    counted = sla.SLAPolicy(accounting=sla.Accounting.COUNTED)
    assert hours_of(of_resources(alarms, policy=counted, **windows)) == {"a": (5, 4, 5), "b": (2, 1, 1)}
    gross = sla.SLAPolicy(accounting=sla.Accounting.GROSS)
    assert hours_of(of_resources(alarms, policy=gross, **windows)) == {"a": (7, 6, 7), "b": (2, 1, 1)}


def test_an_alarm_that_is_excused_in_its_middle_has_two_parts() -> None:
    """The second one begins when the excuse ends, so another alarm may own the time around it."""
    window = sla.MaintenanceWindow(at(8, 2), at(8, 4), applies_to={"resource_id": ["a"]})
    result = of_resources([alarm(1, 6, "a"), alarm(3, 5, "b")], maintenance=[window])
    assert hours_of(result) == {"a": (3, 2, 2), "b": (2, 1, 2)}
    assert {share.key: share.alarms for share in result.rows} == {"a": 1, "b": 1}


def test_only_counted_time_is_shared_out() -> None:
    """Maintenance for everybody takes its part out of all alarms."""
    result = of_resources([alarm(1, 5, "a"), alarm(4, 8, "b")], maintenance=[(at(8, 3), at(8, 6))])
    assert hours_of(result) == {"a": (2, 2, 2), "b": (2, 2, 2)}
    assert (result.down_us, result.bridged_us) == (4 * HOUR_US, 0)
    margin = of_resources([alarm(1, 1, "a"), sla.Alarm(at(8, 2), at(8, 2) + MICROSECOND, resource_id="b")])
    assert [(share.key, share.gross_us, share.unique_us, share.owned_us) for share in margin.rows] == [("b", 1, 1, 1)]


def test_excused_time_of_one_alarm_that_another_makes_down_is_the_other_s() -> None:
    """Excused by maintenance or otherwise."""
    applies_to = {"resource_id": ["a"]}
    for windows in (
        {"maintenance": [sla.MaintenanceWindow(at(8, 3), at(8, 6), applies_to=applies_to)]},
        {"exclusions": [sla.Exclusion(at(8, 3), at(8, 6), reason="theft", applies_to=applies_to)]},
    ):
        result = of_resources([alarm(1, 8, "a"), alarm(4, 6, "b")], **windows)
        assert hours_of(result) == {"a": (4, 4, 4), "b": (2, 2, 2)}
        report = report_of([alarm(1, 8, "a"), alarm(10, 12, "b")], at(8), at(9), **windows)
        late = attribution(report, by="resource_id", start=at(8, 9), end=at(8, 20))
        assert hours_of(late) == {"b": (2, 2, 2)}


def test_an_alarm_that_is_excused_whole_has_a_share_without_time() -> None:
    """And no alarms at all have no shares."""
    window = sla.MaintenanceWindow(at(8, 1), at(8, 3), applies_to={"resource_id": ["a"]})
    result = of_resources([alarm(1, 3, "a"), alarm(5, 6, "b")], maintenance=[window])
    assert hours_of(result) == {"b": (1, 1, 1), "a": (0, 0, 0)}
    assert {share.key: share.alarms for share in result.rows} == {"a": 1, "b": 1}
    nothing = attribution(report_of([], at(8), at(9)))
    assert (nothing.rows, nothing.down_us, nothing.bridged_us) == ((), 0, 0)
