"""Sentences on rows, each by itself, and how the facts of several days add up."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest

import sla_compliance as sla
from sla_compliance.certainty import DoubtCause
from sla_compliance.evidence import MOST_NAMED
from sla_compliance.measured import DOUBT_PREFIX, DayFact, FactCode
from sla_compliance.quality import QualityStatement, doubts_of_facts, lines_of, quality_statements
from tests.unit.moments import HOUR_US, at, report_of

ONE_AND_SEVERAL = {
    FactCode.BAD_ROW: ("1 bad row set aside: x", "2 bad rows set aside, the first: x"),
    FactCode.ASSUMED_END: (
        "1 alarm cleared or resolved without a time, ended when last seen: x",
        "2 alarms cleared or resolved without a time, ended when last seen, the first: x",
    ),
    FactCode.RAISED_IN_1970: (
        "1 alarm raised on 1970-01-01 by a clock never set, counted: x",
        "2 alarms raised on 1970-01-01 by a clock never set, counted, the first: x",
    ),
    FactCode.OVERWRITTEN_SEVERITY: (
        "1 row whose severity was overwritten by 'cleared', left out although an outage once: x",
        "2 rows whose severity was overwritten by 'cleared', left out although an outage once, the first: x",
    ),
    FactCode.CLAMPED_SHARE: (
        "1 measured share outside 0-100 %, clamped",
        "2 measured shares outside 0-100 %, clamped",
    ),
    FactCode.OPEN_ALARM: ("1 alarm open and seen within 7 days", "2 alarms open and seen within 7 days"),
    FactCode.UNKNOWN_LAST_SIGHT: (
        "1 alarm open and of unknown last sight: x",
        "2 alarms open and of unknown last sight, the first: x",
    ),
    FactCode.STALE_ALARM: (
        "1 alarm open and unseen for 7 days alone causes 1 h of downtime in agreed time: x",
        "2 alarms open and unseen for 7 days alone cause 1 h of downtime in agreed time, the first: x",
    ),
    FactCode.KEYLESS_IN_DOUBT: (
        "1 row without the key, in doubt for every key: 1 h of downtime: x",
        "2 rows without the key, in doubt for every key: 1 h of downtime, the first: x",
    ),
    FactCode.KEYLESS_OF_EVERYBODY: (
        "1 row without the key, counted for every key: 1 h of downtime: x",
        "2 rows without the key, counted for every key: 1 h of downtime, the first: x",
    ),
    FactCode.KEYLESS_OF_NOBODY: (
        "1 row without the key, counted for no key: 1 h of downtime: x",
        "2 rows without the key, counted for no key: 1 h of downtime, the first: x",
    ),
    FactCode.TARGETED_EXCLUSION: ("x took 1 alarm out for 1 h", "x took 2 alarms out for 1 h"),
}


@pytest.mark.parametrize("code", ONE_AND_SEVERAL)
def test_a_sentence_on_rows_agrees_with_their_number(code: FactCode) -> None:
    """One, several, and about several."""
    one, several = ONE_AND_SEVERAL[code]
    assert QualityStatement(code, "x", 1, HOUR_US).text == one
    assert QualityStatement(code, "x", 2, HOUR_US).text == several
    about = QualityStatement(code, "x", 2, HOUR_US, is_about=True).text
    if code is FactCode.TARGETED_EXCLUSION:
        assert about == "x took at least 2 alarms out for 1 h"
        assert QualityStatement(code, "", 1, HOUR_US).text == "other exclusions took 1 alarm out for 1 h"
    else:
        assert about == f"about {several}"


NAMED_AND_UNNAMED = {
    FactCode.CUT_DATE: (
        "x is left out of the totals: rows of its beginning have been purged",
        "left out of the totals, rows have been purged: 2 more dates",
    ),
    FactCode.ASSUMPTION: ("x", "2 more assumptions"),
    FactCode.CORRECTED: ("corrected by hand: x", "corrected by hand: 2 more values"),
    FactCode.UNUSED_CORRECTION: ("correction without effect: x", "without effect: 2 more corrections"),
    FactCode.LEGACY: ("noted when a day was stored: x", "noted when days were stored: 2 more facts"),
    FactCode.UNMATCHED_EXCLUSION: ("x can match no alarm here", "2 more exclusions can match no alarm here"),
    FactCode.REFUSED_WORK: ("excuses nothing: x", "excuse nothing: 2 more pieces of planned work"),
    FactCode.LATE_WORK: ("excuses although late: x", "excuse although late: 2 more pieces of planned work"),
}


@pytest.mark.parametrize("code", NAMED_AND_UNNAMED)
def test_a_sentence_on_a_name_stands_for_itself_or_for_those_not_named(code: FactCode) -> None:
    """How many these are may not be known."""
    named, unnamed = NAMED_AND_UNNAMED[code]
    assert QualityStatement(code, "x").text == named
    assert QualityStatement(code, "", 2).text == unnamed
    assert QualityStatement(code, "", 2, is_about=True).text == unnamed.replace("2", "about 2")


def test_other_sentences_on_rows() -> None:
    """Without downtime, without a name, of no rows, of a later version."""
    assert QualityStatement(FactCode.STALE_ALARM, "x").text.endswith("causes no downtime in agreed time: x")
    assert QualityStatement(FactCode.BAD_ROW, "").text == "1 bad row set aside: of which no name was kept"
    assert (
        QualityStatement(FactCode.BAD_ROW, "", 3).text == "3 bad rows set aside, the first: of which no name was kept"
    )
    assert QualityStatement("NEWER", "x", 2).text == "2 notes of the kind NEWER, which a later version explains"
    assert QualityStatement(FactCode.STALE_ALARM, "x", 1, 1).text.endswith("causes 1 s of downtime in agreed time: x")


def facts(*values: tuple[str, str, int, int]) -> Iterator[DayFact]:
    """Return facts of code, name, count and length."""
    return (DayFact(code, name, count, length_us) for code, name, count, length_us in values)


def test_facts_of_one_name_on_several_days_are_one_subject() -> None:
    """Lengths are summed, the greatest count counts; the order is that of the codes."""
    together = quality_statements(
        facts(
            (FactCode.TARGETED_EXCLUSION, "x", 3, HOUR_US),
            (FactCode.BAD_ROW, "b", 1, 0),
            (FactCode.TARGETED_EXCLUSION, "x", 2, HOUR_US),
            (FactCode.BAD_ROW, "a", 1, 0),
            (FactCode.BAD_ROW, "b", 1, 0),
        )
    )
    by_code = {statement.code: statement for statement in together}
    assert by_code[FactCode.BAD_ROW] == QualityStatement(FactCode.BAD_ROW, "b", 2, 0)
    exclusion = by_code[FactCode.TARGETED_EXCLUSION]
    assert (exclusion.name, exclusion.count, exclusion.length_us) == ("x", 3, 2 * HOUR_US)
    assert [statement.code for statement in together] == [code for code in FactCode if code in by_code]


def test_facts_that_are_no_sentence_are_left_out_and_later_ones_are_kept() -> None:
    """What says when a day closes, and doubts; a code of a later version stands last."""
    lines = lines_of(
        facts(
            ("NEWER", "x", 2, 0),
            (FactCode.OPEN_UNSEEN, "x", 1, 0),
            (f"{DOUBT_PREFIX}{DoubtCause.UNSEEN}", "x", 1, HOUR_US),
            (FactCode.CORRECTED, "row 1", 1, 0),
        )
    )
    assert lines == (
        "corrected by hand: row 1",
        "2 notes of the kind NEWER, which a later version explains",
    )
    assert lines_of([]) == ()


def test_rows_that_several_days_leave_unnamed_are_about_so_many() -> None:
    """A day that leaves rows unnamed has named as many as are named at most."""
    named = [(FactCode.BAD_ROW, f"row {number:02}", 1, 0) for number in range(MOST_NAMED)]
    (exact,) = lines_of(facts(*named, (FactCode.BAD_ROW, "", 5, 0)))
    assert exact == f"{MOST_NAMED + 5} bad rows set aside, the first: row 00"
    (about,) = lines_of(facts(*named, (FactCode.BAD_ROW, "other", 1, 0), (FactCode.BAD_ROW, "", 5, 0)))
    assert about == f"about {MOST_NAMED + 6} bad rows set aside, the first: row 00"
    (one_unnamed,) = lines_of(facts(*named, (FactCode.BAD_ROW, "other", 1, 0), (FactCode.BAD_ROW, "", 1, 0)))
    assert one_unnamed == f"about {MOST_NAMED + 2} bad rows set aside, the first: row 00"
    more = [(FactCode.BAD_ROW, name, 1, 0) for name in ("other", "another")]
    (none_unnamed,) = lines_of(facts(*named, *more))
    assert none_unnamed == f"{MOST_NAMED + 2} bad rows set aside, the first: row 00"
    (nameless,) = lines_of(facts((FactCode.BAD_ROW, "", 5, 0)))
    assert nameless == "5 bad rows set aside, the first: of which no name was kept"


def test_doubts_of_several_days_add_up() -> None:
    """Rows by name, time at stake summed; other facts are none."""
    code = f"{DOUBT_PREFIX}{DoubtCause.UNSEEN}"
    doubts = doubts_of_facts(
        facts((code, "a", 1, HOUR_US), (code, "a", 1, HOUR_US), (code, "b", 2, 1), (FactCode.BAD_ROW, "x", 1, 5))
    )
    assert doubts == (sla.Doubt(DoubtCause.UNSEEN, 3, 2 * HOUR_US + 1),)


def test_quality_says_what_the_reader_of_the_rows_assumed() -> None:
    """A sentence each, as an attribute too."""
    batch = sla.AlarmBatch(assumptions=("all rows are critical",))
    quality = report_of(batch, at(8), at(9)).quality
    assert quality.assumptions == quality.lines() == ("all rows are critical",)


def test_quality_in_json_types() -> None:
    """Counts, seconds, names and sentences."""
    alarms = [
        sla.Alarm(at(1), last_occurrence=at(1, 1), id="stale"),
        sla.Alarm(at(8, 5), at(8, 4), id="bad"),
        sla.Alarm(at(8, 1), status="cleared", last_occurrence=at(8, 2), id="assumed"),
        sla.Alarm(at(8, 3), at(8, 4), severity="cleared", id="overwritten"),
        sla.Alarm(at(8, 6), at(8, 7), id="good"),
    ]
    correction = sla.Correction("good", ends=at(8, 8), reason="log", author="ana", entered_at=at(9))
    unused = sla.Correction("none", void=True, reason="test", author="bo", entered_at=at(9))
    work = sla.PlannedWork(hours=sla.ServiceHours.parse("mon-sun 00:00-04:00"))
    window = sla.MaintenanceWindow(at(8, 3), at(8, 5), announced_at=at(8, 4), reason="card")
    theft = sla.Exclusion(at(8), at(9), reason="theft", applies_to={"site": "x"})
    quality = report_of(
        alarms,
        at(8),
        at(9),
        as_of=at(30),
        corrections=[correction, unused],
        on_invalid="quarantine",
        maintenance=[window],
        exclusions=[theft],
        policy=sla.SLAPolicy(planned_work=work),
    ).quality
    written = quality.as_dict()
    lines = written.pop("lines")
    assert lines == list(quality.lines())
    assert written == {
        "corrected_by_hand": ["row good ends 2025-10-08T08:00:00+00:00, by ana: log"],
        "unused_corrections": ["row none, by bo: no row has this id"],
        "rejected_rows": ["alarms[1].cleared_at lies 1 h before first_occurrence; mend the row"],
        "open_alarms": 1,
        "stale_alarms": 1,
        "stale_only_downtime_seconds": 20 * 3600.0,
        "assumed_ends": 1,
        "raised_in_1970": 0,
        "overwritten_severities": 1,
        "clamped_figures": [],
        "unmatched_exclusions": ["exclusion of 2025-10-08 00:00 UTC (theft)"],
        "accepted_windows": ["maintenance of 2025-10-08 03:00 UTC (card)", "exclusion of 2025-10-08 00:00 UTC (theft)"],
        "refused_windows": ["maintenance of 2025-10-08 03:00 UTC (card): outside the hours agreed for planned work"],
        "late_windows": ["maintenance of 2025-10-08 03:00 UTC (card)"],
    }
    assert quality.stale_only_ratio == Fraction(20, 23)
    assert quality.downtime_us == 23 * HOUR_US
