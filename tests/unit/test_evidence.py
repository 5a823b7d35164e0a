"""Facts of days: of those rows and exclusions that concern them, and the sentences that several days make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

import sla_compliance as sla
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.evidence import LONGEST_NAME, MOST_NAMED
from sla_compliance.measured import DOUBT_PREFIX, DayFact, FactCode
from sla_compliance.quality import lines_of
from sla_compliance.units import HOUR_US, SECOND_US, instant_us
from sla_compliance.validation import ClampedFigure
from tests.unit.moments import at, report_of

MINUTE = timedelta(minutes=1)


def facts_of(report: sla.ComplianceReport) -> dict[int, tuple[DayFact, ...]]:
    """Return the facts of each day of a report, by day of the month."""
    facts = report.evidence.day_facts([(day.start_us, day.end_us) for day in report.days])
    return {day.date.day: day_facts for day, day_facts in zip(report.days, facts, strict=True)}


def notes_of(report: sla.ComplianceReport) -> dict[int, tuple[DayFact, ...]]:
    """Return the facts of each day that sentences are made of."""
    return {
        day: tuple(
            fact for fact in facts if fact.code != FactCode.OPEN_UNSEEN and not fact.code.startswith(DOUBT_PREFIX)
        )
        for day, facts in facts_of(report).items()
    }


def days_of(report: sla.ComplianceReport, code: FactCode) -> dict[int, list[str]]:
    """Return the names of one code by the days that have them."""
    return {
        day: names
        for day, facts in facts_of(report).items()
        if (names := [fact.name for fact in facts if fact.code == code])
    }


def lines(*days: Iterable[DayFact]) -> tuple[str, ...]:
    """Return the sentences of several days."""
    return lines_of(fact for facts in days for fact in facts)


def test_a_day_has_the_facts_of_the_rows_that_meet_it() -> None:
    """Assumed ends, clocks never set, severities overwritten, shares clamped: on their days, and on no other."""
    alarms = [
        sla.Alarm(at(8, 23), status="resolved", last_occurrence=at(9, 1), id="assumed"),
        sla.Alarm(at(10, 3), at(10, 4), severity="CLEARED", id="overwritten"),
        sla.Alarm(at(8) - timedelta(days=20_369, hours=-3), at(9), id="clock"),
    ]
    batch = sla.AlarmBatch.from_alarms(alarms)
    batch = replace(batch, clamped=(ClampedFigure(instant_us(at(11), field=""), 140.0),))
    report = report_of(batch, at(8), at(13))
    assert days_of(report, FactCode.ASSUMED_END) == {8: ["assumed"], 9: ["assumed"]}
    assert days_of(report, FactCode.RAISED_IN_1970) == {8: ["clock"]}
    assert days_of(report, FactCode.OVERWRITTEN_SEVERITY) == {10: ["overwritten"]}
    assert days_of(report, FactCode.CLAMPED_SHARE) == {11: ["2025-10-11 00:00:00+00:00"]}
    assert facts_of(report)[12] == ()


def test_the_facts_of_a_day_do_not_depend_on_the_window() -> None:
    """Measured alone or among others."""
    alarms = [
        *(sla.Alarm(at(8, hour), status="cleared", last_occurrence=at(8, 20), id=hour) for hour in range(7)),
        sla.Alarm(at(1), last_occurrence=at(2), id="stale"),
        sla.Alarm(at(9, 9), at(9, 8), id="bad"),
        sla.Alarm(at(9, 9), at(9, 10), resource_id="r1"),
    ]
    batch = sla.AlarmBatch.from_alarms(alarms, on_invalid="quarantine")
    theft = sla.Exclusion(at(9), at(9, 12), reason="theft", applies_to={"resource_id": "r1"})
    strike = sla.Exclusion(at(9), at(10), reason="strike", applies_to={"affected_service": "ftth"})
    agreed = {"as_of": at(20), "exclusions": [theft, strike]}
    together = facts_of(report_of(batch, at(8), at(11), **agreed))
    for day in (8, 9, 10):
        assert facts_of(report_of(batch, at(day), at(day + 1), **agreed)) == {day: together[day]}


@pytest.mark.parametrize(
    ("row", "days"),
    [
        pytest.param(sla.Alarm(at(9, 9), at(9, 8)), [9, 10], id="reversed: a day at most"),
        pytest.param(sla.Alarm(at(8, 9), at(10, 8), severity="fatal"), [8, 9, 10], id="from its start to its end"),
        pytest.param(sla.Alarm(at(9, 9), severity="fatal"), [9, 10, 11], id="still active: to the present"),
        pytest.param(sla.Alarm(at(9).replace(tzinfo=None), at(9, 9)), [8, 9, 10, 11], id="no start: every day"),
    ],
)
def test_a_bad_row_is_a_fact_of_the_days_that_it_may_concern(row: sla.Alarm, days: list[int]) -> None:
    """As far as its times can be read."""
    batch = sla.AlarmBatch.from_alarms([row], on_invalid="quarantine")
    report = report_of(batch, at(8), at(12), as_of=at(11, 12))
    assert list(days_of(report, FactCode.BAD_ROW)) == days


def test_a_row_that_its_reader_could_not_read_is_a_fact_of_every_day() -> None:
    """Its instants may be anything."""
    fault = sla.InvalidAlarmError("alarms.csv:2 first_occurrence is 'soon'; give a time", field="", row=0)
    columns = {"first_occurrence": [None], "cleared_at": [None]}
    batch = sla.AlarmBatch.from_named_columns(columns, faults=[fault], on_invalid="quarantine")
    names = ["alarms.csv:2 first_occurrence is 'soon'"]
    assert days_of(report_of(batch, at(8), at(10)), FactCode.BAD_ROW) == {8: names, 9: names}


def test_an_open_alarm_is_a_fact_of_the_present_day() -> None:
    """Earlier days were down to their end, whenever it will be over."""
    alarm = sla.Alarm(at(8), last_occurrence=at(10, 11), id=17)
    report = report_of([alarm], at(8), at(12), as_of=at(10, 12))
    assert days_of(report, FactCode.OPEN_ALARM) == {10: ["17"]}
    assert days_of(report_of([alarm], at(8), at(10), as_of=at(10, 12)), FactCode.OPEN_ALARM) == {}
    assert report.quality.open_alarms == 1


def test_an_open_alarm_of_unknown_last_sight_is_a_fact_of_all_its_days() -> None:
    """Whether it was still there on any of them is not known."""
    report = report_of([sla.Alarm(at(8), id=17)], at(8), at(12), as_of=at(10, 12))
    name = "17, raised 2025-10-08 00:00:00+00:00"
    assert days_of(report, FactCode.UNKNOWN_LAST_SIGHT) == {8: [name], 9: [name], 10: [name]}
    assert days_of(report, FactCode.OPEN_ALARM) == {}
    assert report.quality.open_alarms == 1


def test_days_after_the_last_sight_of_an_open_alarm_are_marked() -> None:
    """Whether they were down is open until it is seen again, or cleared."""
    alarm = sla.Alarm(at(8), last_occurrence=at(9, 11), id=17)
    report = report_of([alarm], at(8), at(12), as_of=at(10, 12))
    assert list(days_of(report, FactCode.OPEN_UNSEEN)) == [9, 10]


def test_doubt_is_a_fact_of_the_days_at_stake_with_their_time() -> None:
    """Rows are named; the time that they share stands under no name."""
    stale = [sla.Alarm(at(8, 20), last_occurrence=at(8, 23), id=name) for name in ("s1", "s2")]
    facts = facts_of(report_of(stale, at(8), at(10), as_of=at(30)))
    code = f"{DOUBT_PREFIX}{sla.DoubtCause.UNSEEN}"
    named = (DayFact(code, "s1"), DayFact(code, "s2"))
    doubt_facts = {day: [fact for fact in facts[day] if fact.code == code] for day in facts}
    assert doubt_facts == {
        8: [*named, DayFact(code, "", 0, 1 * HOUR_US)],
        9: [*named, DayFact(code, "", 0, 24 * HOUR_US)],
    }
    assert lines(*doubt_facts.values()) == ()


def test_a_row_without_a_start_is_doubt_of_every_day() -> None:
    """Of no length, for it may have been at any time."""
    rows = [sla.Alarm(at(8).replace(tzinfo=None), at(9)) for _ in range(2)]
    batch = sla.AlarmBatch.from_alarms(rows, on_invalid="quarantine")
    code = f"{DOUBT_PREFIX}{sla.DoubtCause.NO_START}"
    for facts in facts_of(report_of(batch, at(8), at(10))).values():
        assert [fact for fact in facts if fact.code == code] == [
            DayFact(code, "row without a start 1"),
            DayFact(code, "row without a start 2"),
        ]


def test_what_only_stale_alarms_take_down_is_a_length_of_each_day() -> None:
    """They share it, so it stands under no name; in maintenance it is none."""
    stale = [sla.Alarm(at(7), last_occurrence=at(7, 1), id=name) for name in ("s1", "s2")]
    report = report_of(
        [*stale, sla.Alarm(at(8), at(8, 6))], at(8), at(10), as_of=at(30), maintenance=[(at(9), at(9, 23))]
    )
    named = (DayFact(FactCode.STALE_ALARM, "s1"), DayFact(FactCode.STALE_ALARM, "s2"))
    assert notes_of(report) == {
        8: (*named, DayFact(FactCode.STALE_ALARM, "", 0, 18 * HOUR_US)),
        9: (*named, DayFact(FactCode.STALE_ALARM, "", 0, 1 * HOUR_US)),
    }
    assert lines(*notes_of(report).values()) == (
        "2 alarms open and unseen for 7 days alone cause 19 h of downtime in agreed time, the first: s1",
    )


def test_exclusions_are_facts_of_the_days_on_which_they_apply() -> None:
    """What they took out there; one that can match nothing is named, also one that ends before it starts."""
    exclusions = [
        sla.Exclusion(at(8, 22), at(10, 2), reason="theft", applies_to={"resource_id": "r1"}),
        sla.Exclusion(at(9), at(10), reason="strike", applies_to={"affected_service": "ftth"}),
        sla.Exclusion(at(10, 9), at(10, 9), reason="reversed", applies_to={"affected_service": "ftth"}),
    ]
    alarms = [sla.Alarm(at(8, 20), at(9, 1), resource_id="r1"), sla.Alarm(at(8, 23), at(8, 23, 30), resource_id="r1")]
    report = report_of(alarms, at(8), at(12), exclusions=exclusions)
    theft = "exclusion of 2025-10-08 22:00 UTC (theft)"
    facts = facts_of(report)
    assert facts[8] == (DayFact(FactCode.TARGETED_EXCLUSION, theft, 2, 2 * HOUR_US),)
    assert facts[9][1:] == (DayFact(FactCode.TARGETED_EXCLUSION, theft, 1, 1 * HOUR_US),)
    assert days_of(report, FactCode.UNMATCHED_EXCLUSION) == {
        9: ["exclusion of 2025-10-09 00:00 UTC (strike)"],
        10: ["exclusion of 2025-10-10 09:00 UTC (reversed)"],
    }
    assert lines(facts[8]) == (f"{theft} took 2 alarms out for 2 h",)
    assert lines(facts[8], facts[9])[1:] == (f"{theft} took at least 2 alarms out for 3 h",)


def test_a_batch_of_nothing_says_nothing_of_exclusions() -> None:
    """What columns its alarms would carry is not known."""
    strike = sla.Exclusion(at(8), at(9), reason="strike", applies_to={"resource_id": "r1"})
    assert report_of(sla.AlarmBatch(), at(8), at(9), exclusions=[strike]).quality.lines() == ()


def test_a_day_names_few_rows_and_counts_the_others() -> None:
    """The earliest are named, in short; the number is exact for one day, and may not be for several."""
    alarms = [
        sla.Alarm(
            at(8, 12) - rank * MINUTE,
            status="cleared",
            last_occurrence=at(9, 1) if rank < 3 else at(8, 13),
            id=f"{rank}-{'x' * 99}",
        )
        for rank in range(12)
    ]
    facts = notes_of(report_of(alarms, at(8), at(10)))
    assert [fact.name[:3] for fact in facts[8]] == ["11-", "10-", "9-x", "8-x", "7-x", ""]
    assert {len(fact.name) for fact in facts[8][:MOST_NAMED]} == {LONGEST_NAME}
    assert facts[8][-1] == DayFact(FactCode.ASSUMED_END, "", 7)
    said = "cleared or resolved without a time, ended when last seen"
    first_name, first_name_next_day = facts[8][0].name, facts[9][0].name
    assert lines(facts[8]) == (f"12 alarms {said}, the first: {first_name}",)
    assert lines(facts[9]) == (f"3 alarms {said}, the first: {first_name_next_day}",)
    assert lines(facts[8], facts[9]) == (f"about 15 alarms {said}, the first: {first_name}",)


def test_rows_without_an_id_are_named_by_their_start() -> None:
    """Two of one name are two."""
    row = sla.Alarm(at(8, 9), status="resolved", last_occurrence=at(8, 10))
    report = report_of([row, replace(row, last_occurrence=at(8, 11))], at(8), at(9))
    assert notes_of(report)[8] == (DayFact(FactCode.ASSUMED_END, "raised 2025-10-08 09:00:00+00:00", 2),)
    assert lines(*notes_of(report).values())[0].startswith("2 alarms ")


def test_many_exclusions_are_named_in_part() -> None:
    """A day of hundreds stays small, and says so."""
    strikes = [
        sla.Exclusion(at(8), at(9), reason=f"strike {rank}", applies_to={"affected_service": "ftth"})
        for rank in range(8)
    ]
    quality = report_of([sla.Alarm(at(8, 9), at(8, 10))], at(8), at(9), exclusions=strikes).quality
    assert len(quality.unmatched_exclusions) == 8
    assert quality.lines()[4:] == (
        "exclusion of 2025-10-08 00:00 UTC (strike 4) can match no alarm here",
        "3 more exclusions can match no alarm here",
    )
    unmatched = [DayFact(FactCode.UNMATCHED_EXCLUSION, name) for name in "abcde"]
    others = DayFact(FactCode.UNMATCHED_EXCLUSION, "", 3)
    assert lines([*unmatched, others])[-1] == "3 more exclusions can match no alarm here"
    assert lines([*unmatched, others], unmatched)[-1] == "about 3 more exclusions can match no alarm here"
    taken = DayFact(FactCode.TARGETED_EXCLUSION, "", 7, 3 * SECOND_US - 1)
    assert lines([taken]) == ("other exclusions took 7 alarms out for 3 s",)


def test_one_subject_on_several_days_is_one() -> None:
    """Lengths are summed, counts are not; the sentences stand in the order of the codes."""
    bad = DayFact(FactCode.BAD_ROW, "alarms[3].cleared_at lies 1 h before first_occurrence")
    legacy = DayFact(FactCode.LEGACY, "1 alarm open and seen within 7 days")
    later = DayFact("OF_A_LATER_VERSION", "x", 2)
    assert lines([legacy, later, bad], [legacy, bad]) == (
        "1 bad row set aside: alarms[3].cleared_at lies 1 h before first_occurrence",
        "noted when a day was stored: 1 alarm open and seen within 7 days",
        "2 notes of the kind OF_A_LATER_VERSION, which a later version explains",
    )
    assert lines() == ()


def test_a_fact_is_read_as_it_was_written() -> None:
    """And nothing else is a fact."""
    fact = DayFact(FactCode.STALE_ALARM, "17", 2, 3)
    assert DayFact.from_dict(fact.as_dict()) == fact
    for value in (None, "text", {}, {**fact.as_dict(), "name": 17}, {**fact.as_dict(), "count": True}):
        with pytest.raises(InvalidTypeError, match=r"DayFact\.as_dict"):
            DayFact.from_dict(value)
    with pytest.raises(InvalidValueError, match="from 0 on"):
        DayFact.from_dict({**fact.as_dict(), "count": -1})
