"""What analyses say of themselves: a few lines of text, and HTML for notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import Trend, attribution, budget, difference, reliability, restate, statement, trend
from sla_compliance.analysis.shown_values import MOST_ROWS_PREVIEWED, downtime_fact, length_fact
from sla_compliance.drawing.palette import DARK_COLOURS, LIGHT_COLOURS
from sla_compliance.previews import MOST_POINTS
from tests.unit.moments import at, report_of
from tests.unit.test_previews import HOSTILE, elements_of, text_of

FIBRE = sla.Alarm(at(5, 9), at(5, 11), id="fibre")
OLT = sla.Alarm(at(5, 10), at(5, 12), id="olt")
KILOBYTE = 1_000


def october(*alarms: sla.Alarm, **terms: Any) -> sla.ComplianceReport:
    """The report of a month of two outages that overlap."""
    return report_of(list(alarms or (FIBRE, OLT)), at(1), at(31), **terms)


def statements_of(author: str) -> tuple[Any, Any]:
    """Two statements, of which the second has a correction."""
    correction = sla.Correction("olt", ends=at(5, 13), reason=author, author=author, entered_at=at(31))
    issued = at(31) + timedelta(days=8)
    first = statement(october(), tenant=author, subject=author, issued_at=issued, issued_by=author)
    later = october(corrections=[correction])
    return first, restate(first, later, issued_at=issued, issued_by=author, reason=author)


def answers_of(text: str) -> Iterator[Any]:
    """One of each kind, over rows that bear a text."""
    alarms = [
        sla.Alarm(at(5, hour), at(5, hour, 30), id=f"{text}{hour}", acknowledged_at=at(5, hour, 1))
        for hour in range(20)
    ]
    open_alarms = [sla.Alarm(at(8), last_occurrence=at(8, 1), id=f"{text}{number}") for number in range(20)]
    report = october(*alarms, *open_alarms)
    yield attribution(report)
    yield budget(report)
    yield reliability(report)
    yield trend(report, sla.Period.DAY)
    yield from trend(report, sla.Period.WEEK)[:2]
    first, second = statements_of(text or "x")
    yield from (first, second, difference(first, second), difference(first, first))


@pytest.mark.parametrize("text", ["row ", *HOSTILE[:6]])
def test_answers_are_small_complete_and_safe(text: str) -> None:
    """As previews of reports are: strict markup, both schemes, no reference to anything, whatever the rows say."""
    for answer in answers_of(text):
        html = answer._repr_html_()
        assert len(html.encode()) < 50 * KILOBYTE
        assert LIGHT_COLOURS in html
        assert DARK_COLOURS in html
        assert not re.search(r"<script|\bid=|href|src=|url\(|https?:", _tags(html))
        assert len(repr(answer)) < 6 * KILOBYTE


def _tags(html: str) -> str:
    """The tags of some HTML with their attributes, without its texts."""
    assert elements_of(html)
    return "".join(re.findall(r"<[^>]*>", html))


def test_an_attribution_lists_its_largest_shares() -> None:
    """And says how many more there are."""
    assert repr(attribution(october())) == (
        "<Attribution 2025-10-01T00:00:00+00:00 to 2025-10-31T00:00:00+00:00 by id\n"
        "  downtime: 3 h\n"
        "  id: 'fibre': gross 2 h, unique 1 h, owned 2 h; 1 alarm\n"
        "  id: 'olt': gross 2 h, unique 1 h, owned 1 h; 1 alarm>"
    )
    many = [sla.Alarm(at(5, hour), at(5, hour, 30)) for hour in range(MOST_ROWS_PREVIEWED + 3)]
    many += [sla.Alarm(at(6), at(6, 1)), sla.Alarm(at(6), at(6, 1))]
    ids = [sla.Alarm(alarm.first_occurrence, alarm.cleared_at, id=rank) for rank, alarm in enumerate(many)]
    assert repr(attribution(october(*ids))).endswith("\n  and: 5 more>")
    html = attribution(october())._repr_html_()
    assert "gross: down while it was; unique: down for no other; owned: it was down first" in text_of(html)
    (without_id,) = [line for line in repr(attribution(october(*many))).splitlines() if "id: none" in line]
    assert without_id.endswith(f"{len(many)} alarms>")


def test_a_bridged_gap_is_a_line_of_its_own() -> None:
    """It is nobody's."""
    policy = sla.SLAPolicy(merge_gap=timedelta(hours=1))
    report = october(FIBRE, sla.Alarm(at(5, 11, 30), at(5, 12), id="olt"), policy=policy)
    assert repr(attribution(report)).endswith("\n  bridged: 30 min>")


def test_a_budget_says_verdict_what_is_left_and_until_when() -> None:
    """What is left is rounded down, what is spent up."""
    report = report_of([FIBRE], at(1), at(31), as_of=at(5, 10))
    text = repr(budget(report))
    assert text.startswith("<ErrorBudget 2025-10-01T00:00:00+00:00 to 2025-10-31T00:00:00+00:00\n  verdict: Breached\n")
    assert "\n  allowed: 43 min 12 s\n  spent: 1 h\n  left: -16 min 48 s\n" in text
    assert "\n  down since: 2025-10-05T09:00:00+00:00\n  deadline: the period is lost>" in text
    doubtful = [sla.Alarm(at(8), last_occurrence=at(8, 0, 1), id=f"open {rank}") for rank in range(200)]
    assert repr(budget(october(*doubtful))).count("row in doubt") == MOST_ROWS_PREVIEWED
    assert repr(budget(october(policy=sla.SLAPolicy(100)))).count("budget") == 0
    assert [length_fact("left", -1), downtime_fact("spent", 1)] == [[("left", "-1 s")], [("spent", "1 s")]]


def test_reliability_leaves_out_what_there_is_no_case_of() -> None:
    """A mean of nothing is no line."""
    quiet = repr(reliability(october(sla.Alarm(at(1), at(1), id=1))))
    assert "failures: 0" in quiet
    assert "mean" not in quiet
    assert "\n  mean time to restore: 3 h\n" in repr(reliability(october()))


def test_a_trend_is_a_tuple_that_shows_itself() -> None:
    """The latest change first, and a chart of its periods."""
    changes = trend(october(), sla.Period.DAY)
    assert isinstance(changes, Trend)
    assert changes == tuple(changes)
    assert repr(changes).startswith("<Trend of 30 periods, the latest first\n  change: 2025-10-30 to 2025-10-30: ")
    assert repr(changes).endswith(f"\n  and: {30 - MOST_ROWS_PREVIEWED} more>")
    assert "Availability by period" in changes._repr_html_()
    assert repr(changes[5]).startswith(
        "<Change 2025-10-06 to 2025-10-06: 100.00 %, +12.5000 points, better, verdict: Met"
    )
    assert "downtime in 30 days: 0 s, before: 3 d 18 h" in repr(changes[5])
    long = trend(report_of([FIBRE], at(1), at(1) + timedelta(days=MOST_POINTS + 9)), sla.Period.DAY)
    assert f"the chart has the latest {MOST_POINTS} of {MOST_POINTS + 9} periods" in text_of(long._repr_html_())
    whole = trend(report_of([FIBRE], at(1), at(1) + timedelta(days=MOST_POINTS)), sla.Period.DAY)
    assert "the chart has" not in text_of(whole._repr_html_())


def test_statements_and_their_difference_say_what_was_declared_and_what_changed() -> None:
    """By whom, from which facts, and which rows."""
    first, second = statements_of("A. Bello")
    assert repr(first).startswith(
        "<Statement 1, 2025-10-01 to 2025-10-30 of 'A. Bello', 'A. Bello'\n"
        "  verdict: Breached\n  availability: 99.58 % of 99.9 %\n  downtime: 3 h\n  issued: 2025-11-08"
    )
    assert f"\n  supersedes: {first.digest[:16]}: 'A. Bello'\n  correction: " in repr(second)
    text = repr(difference(first, second))
    assert text.startswith("<Difference 1 day, 6 figures\n  2025-10-05: AGREED/DOWN +1 h, AGREED/UP -1 h\n")
    assert text.endswith("\n  rows changed: 'olt'>")
    assert repr(difference(first, first)) == "<Difference nothing differs>"
    without_lines = difference(replace(first, lines=None), second)
    assert repr(without_lines).endswith("\n  rows: not known: a statement keeps their digest alone>")
