"""What the doctor says of rows: sentences on one and on several, and time at stake under other terms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import FindingCode
from tests.unit.moments import HOUR_US, at
from tests.unit.test_doctor import examined, stakes_of

Code = FindingCode
STALE: dict[str, Any] = {"policy": sla.SLAPolicy(stale_after=timedelta(days=3))}
QUARANTINE: dict[str, Any] = {"on_invalid": "quarantine"}
SKEW: dict[str, Any] = {"clock_skew": timedelta(hours=2)}


@pytest.mark.parametrize(
    ("alarm", "terms", "code", "sentence_on_one", "sentence_on_two"),
    [
        (
            {"first_occurrence": at(2), "last_occurrence": at(3)},
            STALE,
            Code.CUT_OFF,
            "1 alarm not over, ended by stale_after when last seen",
            "2 alarms not over, ended by stale_after when last seen",
        ),
        (
            {"first_occurrence": at(2), "status": "cleared"},
            {},
            Code.UNDATED,
            "1 alarm over without a time",
            "2 alarms over without a time",
        ),
        (
            {"first_occurrence": at(2), "cleared_at": at(3), "severity": "cleared"},
            {},
            Code.OVERWRITTEN,
            "1 row whose severity was overwritten by 'cleared', counted as no outage",
            "2 rows whose severity was overwritten by 'cleared', counted as no outage",
        ),
        (
            {"first_occurrence": datetime(1970, 1, 1, 0, 1, tzinfo=UTC), "cleared_at": at(3)},
            {},
            Code.RAISED_IN_1970,
            "1 alarm raised on 1970-01-01 by a clock never set",
            "2 alarms raised on 1970-01-01 by a clock never set",
        ),
        (
            {"first_occurrence": at(3), "cleared_at": at(2)},
            QUARANTINE,
            Code.SET_ASIDE,
            "1 row set aside, the first: alarms[0].cleared_at lies 1 d before first_occurrence",
            "2 rows set aside, the first: alarms[0].cleared_at lies 1 d before first_occurrence",
        ),
        (
            {"first_occurrence": None, "cleared_at": at(2)},
            QUARANTINE,
            Code.NO_START,
            "1 row set aside without a start, the first: alarms[0].first_occurrence is empty",
            "2 rows set aside without a start, the first: alarms[0].first_occurrence is empty",
        ),
        (
            {"first_occurrence": at(5, 1), "cleared_at": at(5)},
            SKEW,
            Code.CLOCK_SKEW,
            "1 row over before the start by no more than the clock skew, of length 0",
            "2 rows over before the start by no more than the clock skew, of length 0",
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, FindingCode) else "",
)
def test_a_sentence_agrees_with_the_number_of_rows(
    alarm: dict[str, Any], terms: dict[str, Any], code: FindingCode, sentence_on_one: str, sentence_on_two: str
) -> None:
    """And of a row that was set aside it says what is wrong, not the way out."""
    rows = [sla.Alarm(id=str(number), **alarm) for number in (1, 2)]
    for chosen, sentence in ((rows[:1], sentence_on_one), (rows, sentence_on_two)):
        if terms is SKEW:
            assert examined(sla.AlarmBatch.from_alarms(chosen, **SKEW))[code].sentence == sentence
        else:
            assert examined(chosen, **terms)[code].sentence == sentence


def test_a_late_window_is_at_stake_and_one_in_time_is_not() -> None:
    """However short its notice was; each is named with the number of them."""
    applies_to = {"resource_id": ["a"]}
    outage = [sla.Alarm(at(5), at(5, 8), id="1", resource_id="a")]
    late, later, in_time = (
        sla.MaintenanceWindow(
            at(5, hour), at(5, hour + 1), applies_to=applies_to, announced_at=at(5, announced_hour), reason=str(hour)
        )
        for hour, announced_hour in ((1, 2), (3, 4), (6, 5))
    )
    one = examined(outage, maintenance=[late, in_time])[Code.LATE_WINDOW]
    assert (one.sentence, one.at_stake_us) == ("1 window announced or entered after the start, accepted", HOUR_US)
    two = examined(outage, maintenance=[late, later, in_time])[Code.LATE_WINDOW]
    assert (two.sentence, two.at_stake_us) == ("2 windows announced or entered after the start, accepted", 2 * HOUR_US)


def test_rows_without_a_key_are_counted() -> None:
    """With the column that they lack."""
    rows = [sla.Alarm(at(2), at(3), id=str(number)) for number in (1, 2)]
    for count, words in ((1, "1 row"), (2, "2 rows")):
        finding = examined(rows[:count], by="customer_id")[Code.WITHOUT_KEY]
        assert finding.sentence == f"{words} without a value of customer_id"


def test_an_alarm_that_is_over_and_was_never_seen_may_have_lasted_a_day() -> None:
    """At stake is the time between no length and the longest that is assumed."""
    assert stakes_of([sla.Alarm(at(2), id="1", status="cleared")]) == {Code.UNDATED: 24 * HOUR_US}


def test_a_severity_without_a_word_is_unknown() -> None:
    """It is quoted as nothing."""
    rows = [
        {"id": "1", "severity": severity, "first_occurrence": at(5), "cleared_at": at(5, 1)} for severity in (None, "")
    ]
    finding = examined(rows, **QUARANTINE)[Code.UNKNOWN_SEVERITY]
    assert finding.sentence == "2 rows set aside for 1 unknown severity: ''"
    assert (finding.names, finding.at_stake_us) == (("",), HOUR_US)


def test_rows_that_disagree_are_at_stake_although_a_window_excuses_them() -> None:
    """No window excuses what is in doubt."""
    rows = [sla.Alarm(at(20), at(20, hour), id="1", resource_id="r") for hour in (4, 8)]
    theft = sla.Exclusion(at(20), at(21), reason="theft", applies_to={"resource_id": "r"})
    finding = examined(rows, exclusions=[theft])[Code.DISAGREEING]
    assert (finding.sentence, finding.at_stake_us) == ("2 rows of one id that overlap and disagree", 4 * HOUR_US)
    assert stakes_of(rows) == {Code.DISAGREEING: 4 * HOUR_US}


def test_time_that_all_rows_say_is_not_at_stake_whatever_is_bridged_over_it() -> None:
    """Two hours are certain; a gap as long would be bridged."""
    rows = [sla.Alarm(at(20), at(20, 4), id="1"), sla.Alarm(at(20, 2), at(20, 8), id="1")]
    bridging = sla.SLAPolicy(merge_gap=timedelta(hours=3))
    assert stakes_of(rows) == stakes_of(rows, policy=bridging) == {Code.DISAGREEING: 6 * HOUR_US}
