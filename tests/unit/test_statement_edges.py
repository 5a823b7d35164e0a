"""Statements at their edges: every field as programs read it, what restates them, and what differs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import Difference, Statement, difference, restate, statement, statements
from sla_compliance.analysis.differences import RowChanges
from sla_compliance.analysis.statements import check_closed, closed_from_us
from sla_compliance.errors import PeriodOpenError
from tests.unit.moments import DAY_US, HOUR_US, at, report_of, us

MICROSECOND = timedelta(microseconds=1)
LATER = at(20)


def of_day(*alarms: sla.Alarm, **terms: Any) -> sla.ComplianceReport:
    """Return the report of 8 October, which is over for long."""
    arguments = {"start": at(8), "end": at(9), "as_of": LATER, "policy": sla.SLAPolicy("99"), **terms}
    return report_of(list(alarms), **arguments)


def issued(report: sla.ComplianceReport, **changes: Any) -> Statement:
    """Return its statement."""
    return statement(report, **{"tenant": "acme", "issued_at": LATER, "issued_by": "ana", **changes})


def restated(old: Statement, report: sla.ComplianceReport, **changes: Any) -> Statement:
    """Return the statement that supersedes another."""
    return restate(old, report, **{"issued_at": LATER, "issued_by": "bo", "reason": "a late end", **changes})


OUTAGE = sla.Alarm(at(8, 9), at(8, 10), id="17")
LONGER = sla.Alarm(at(8, 9), at(8, 12), id="17")


def test_a_statement_shows_itself() -> None:
    """Without a subject and without downtime; its instants in the tenant's zone."""
    report = of_day(zone="Africa/Lagos")
    first = issued(report)
    assert repr(first) == (
        "<Statement 1, 2025-10-08 to 2025-10-09 of 'acme'\n"
        "  verdict: Met\n"
        "  availability: 100.00 % of 99 %\n"
        "  downtime: 0 s\n"
        "  issued: 2025-10-20T01:00:00+01:00 by 'ana'\n"
        f"  policy: {report.policy.fingerprint}\n"
        f"  input: {first.input_digest[:16]}\n"
        f"  digest: {first.digest[:16]}>"
    )


def test_as_many_lines_as_are_kept_at_most_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is too many."""
    lines = issued(of_day(OUTAGE)).lines
    assert lines is not None
    for most_lines, kept in ((len(lines), lines), (len(lines) - 1, None)):
        monkeypatch.setattr(statements, "MOST_LINES", most_lines)
        assert issued(of_day(OUTAGE)).lines == kept


def test_a_statement_in_json_types() -> None:
    """Every field but the lines."""
    report = of_day(OUTAGE)
    first = issued(report, subject="olt-4")
    assert first.as_dict() == {
        "tenant": "acme",
        "subject": "olt-4",
        "zone": "UTC",
        "start_us": us(at(8)),
        "end_us": us(at(9)),
        "number": 1,
        "issued_us": us(LATER),
        "issued_by": "ana",
        "is_provisional": False,
        "policy": report.policy.fingerprint,
        "tz_version": report.tz_version,
        "as_of_us": us(LATER),
        "figures": {
            "compliance_percentage": "95.83",
            "target_percentage": "99",
            "availability": "23/24",
            "low": "23/24",
            "high": "23/24",
            "uptime_us": 23 * HOUR_US,
            "downtime_us": HOUR_US,
            "sla_breaches": 1,
            "verdict": "BREACHED",
            "is_confirmed": True,
            "accounting": "REMOVED",
        },
        "day_cells": {"2025-10-08": {"AGREED/UP": 23 * HOUR_US, "AGREED/DOWN": HOUR_US}},
        "corrections": [],
        "input_digest": first.input_digest,
        "supersedes": None,
        "reason": None,
    }
    assert first.lines == (f'["row","17",{us(at(8, 9))},{us(at(8, 10))},"critical",{{}}]',)
    assert first.canonical_json == json.dumps(first.as_dict(), sort_keys=True, separators=(",", ":"))


def test_bounds_of_a_doubtful_figure_are_told_apart() -> None:
    """The lowest and the highest availability that the doubt leaves."""
    doubtful = sla.Alarm(at(8, 1), at(8, 7), id="1", severity="cleared")
    figures = issued(of_day(doubtful)).figures
    assert (figures["low"], figures["high"], figures["is_confirmed"]) == ("3/4", "1/1", False)


def test_a_statement_in_words() -> None:
    """When it was issued in the tenant's zone, and what it supersedes."""
    first = issued(of_day(OUTAGE, zone="Africa/Lagos", start=at(7, 23), end=at(8, 23)))
    assert first.explain() == (
        "Statement 1, 2025-10-08 to 2025-10-08: 95.83 % of 99 %, BREACHED\n"
        f"issued 2025-10-20T01:00:00+01:00 by ana; digest {first.digest[:16]}"
    )
    second = restated(first, of_day(LONGER, zone="Africa/Lagos", start=at(7, 23), end=at(8, 23)))
    assert second.explain().splitlines()[2:] == [f"supersedes {first.digest[:16]}: a late end"]
    assert (second.number, second.issued_by) == (2, "bo")


def test_a_period_is_closed_at_its_end_plus_the_margin_of_damping() -> None:
    """And, where an alarm is open and may still be seen, a week later."""
    policy = sla.SLAPolicy("99", merge_gap=timedelta(minutes=5))
    report = of_day(OUTAGE, policy=policy, as_of=at(9, 0, 5))
    assert closed_from_us(report, report.total) == us(at(9, 0, 5))
    assert not issued(report).is_provisional
    early = of_day(OUTAGE, policy=policy, as_of=at(9, 0, 5) - MICROSECOND)
    with pytest.raises(PeriodOpenError) as caught:
        issued(early)
    assert (caught.value.field, caught.value.final_us) == ("record", us(at(9, 0, 5)))
    assert issued(early, provisional=True).is_provisional
    assert not issued(report, provisional=True).is_provisional
    lasting = of_day(sla.Alarm(at(8, 20), id="1", last_occurrence=at(8, 23)), as_of=at(9, 1))
    assert closed_from_us(lasting, lasting.total) == us(at(16))
    check_closed(us(at(9)), us(at(9)), "UTC", field="month")
    with pytest.raises(PeriodOpenError, match=r"^month is of a period that is final on 2025-10-09T01:00:00\+01:00"):
        check_closed(us(at(9)), us(at(9)) - 1, "Africa/Lagos", field="month")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tenant": " "}, "tenant"),
        ({"issued_by": ""}, "issued_by"),
        ({"issued_at": LATER - MICROSECOND}, "issued_at"),
        ({"issued_at": LATER.replace(tzinfo=None)}, "issued_at"),
        ({"tenant": 5}, "tenant"),
    ],
)
def test_arguments_of_a_statement_are_named(changes: dict[str, Any], field: str) -> None:
    """As attributes, which programs read; an issue at the instant of evaluation is none too early."""
    assert issued(of_day()).issued_us == us(LATER)
    with pytest.raises(sla.SLAComplianceError) as caught:
        issued(of_day(), **changes)
    assert caught.value.field == field


@pytest.mark.parametrize("fault", ["reason", "period", "old", "new", "purge", "tenant"])
def test_arguments_of_restating_and_of_a_difference_are_named(fault: str) -> None:
    """As attributes; the message says what to give."""
    report = report_of([OUTAGE], at(8), at(10), as_of=LATER)
    first = issued(report)
    calls: dict[str, tuple[Any, str]] = {
        "reason": (lambda: restated(first, report, reason=" "), "reason"),
        "period": (lambda: restated(first, report, record=report.days[0]), "record"),
        "old": (lambda: restated("first", report), "old"),  # type: ignore[arg-type]
        "new": (lambda: difference(first, "second"), "new"),  # type: ignore[arg-type]
        "purge": (lambda: restated(first, report_of([], at(8), at(10), as_of=LATER, monitored=[])), "report"),
        "tenant": (lambda: difference(first, replace(first, tenant="globex")), "new"),
    }
    call, field = calls[fault]
    with pytest.raises(sla.SLAComplianceError) as caught:
        call()
    assert caught.value.field == field


def test_statements_of_another_subject_or_period_have_no_difference() -> None:
    """Either bound decides."""
    first = issued(of_day(OUTAGE))
    others = (
        replace(first, subject="x"),
        replace(first, start_us=first.start_us - 1),
        replace(first, end_us=first.end_us + 1),
    )
    for other in others:
        with pytest.raises(sla.InvalidValueError, match="another tenant, subject or period"):
            difference(first, other)
    report = of_day(OUTAGE)
    for other in (replace(first, start_us=first.start_us - 1), replace(first, end_us=first.end_us + 1)):
        with pytest.raises(sla.InvalidValueError, match="record is of 2025-10-08T00:00:00"):
            restated(other, report)


def test_a_provisional_statement_is_restated_once_the_period_is_closed() -> None:
    """Facts and terms are the same otherwise; provisional again, it is the same."""
    policy = sla.SLAPolicy("99", merge_gap=timedelta(minutes=5))
    early = of_day(OUTAGE, policy=policy, as_of=at(9))
    draft = issued(early, provisional=True)
    assert restated(draft, early) is draft
    final = restated(draft, of_day(OUTAGE, policy=policy))
    assert (final.number, final.is_provisional, final.supersedes) == (2, False, draft.digest)
    assert restated(final, of_day(OUTAGE, policy=policy)) is final


def test_less_unknown_time_restates_and_more_does_not() -> None:
    """In whatever scope and on whichever day it is."""
    terms: dict[str, Any] = {"maintenance": [(at(8, 3), at(8, 6))]}
    some = report_of([OUTAGE], at(8), at(10), as_of=LATER, monitored=[(at(8, 4), at(10))], **terms)
    all_known = report_of([OUTAGE], at(8), at(10), as_of=LATER, **terms)
    first = issued(some)
    assert restated(first, some) is first
    assert restated(first, all_known).number == 2
    with pytest.raises(sla.InvalidValueError, match="purge"):
        restated(issued(all_known), report_of([], at(8), at(10), as_of=LATER, monitored=[(at(8, 4), at(10))], **terms))


def test_unknown_time_that_moves_is_nothing_that_was_owed() -> None:
    """As much is known as before, and as much was agreed on each day."""
    first_day, second_day = [(at(8, 2), at(10))], [(at(8), at(9)), (at(9, 2), at(10))]
    first = issued(report_of([OUTAGE], at(8), at(10), as_of=LATER, monitored=first_day))
    assert restated(first, report_of([OUTAGE], at(8), at(10), as_of=LATER, monitored=second_day)) is first


def test_a_statement_of_a_subject_is_superseded_by_one_of_it() -> None:
    """Tenant and subject stay."""
    first = issued(of_day(OUTAGE), subject="olt-4")
    second = restated(first, of_day(LONGER))
    assert (second.tenant, second.subject) == ("acme", "olt-4")


def test_what_differs_in_json_types_and_in_words() -> None:
    """Day by day, figure by figure, row by row; what goes down is signed."""
    first = issued(of_day(OUTAGE, sla.Alarm(at(8, 20), at(8, 20), id="gone")))
    second = restated(first, of_day(LONGER, sla.Alarm(at(8, 21), at(8, 21), id="new")))
    change = difference(first, second)
    figures = [
        ("compliance_percentage", "95.83", "87.50"),
        ("availability", "23/24", "7/8"),
        ("low", "23/24", "7/8"),
        ("high", "23/24", "7/8"),
        ("uptime_us", 23 * HOUR_US, 21 * HOUR_US),
        ("downtime_us", HOUR_US, 3 * HOUR_US),
    ]
    assert change.figures == tuple(figures)
    assert change.as_dict() == {
        "days": [{"date": "2025-10-08", "cells_us": {"AGREED/DOWN": 2 * HOUR_US, "AGREED/UP": -2 * HOUR_US}}],
        "figures": [{"name": name, "old": old, "new": new} for name, old, new in figures],
        "rows": {"added": ["new"], "removed": ["gone"], "changed": ["17"]},
        "verdict": None,
    }
    assert change.explain() == (
        "2025-10-08 AGREED/DOWN +2 h, AGREED/UP -2 h\n"
        + "".join(f"{name}: {old} -> {new}\n" for name, old, new in figures)
        + "rows added: new\nrows removed: gone\nrows changed: 17"
    )
    back = difference(second, first)
    assert back.rows == RowChanges(added=("gone",), removed=("new",), changed=("17",))
    assert difference(first, restated(first, of_day())).as_dict()["verdict"] == ["BREACHED", "MET"]


def test_a_difference_is_empty_only_if_nothing_differs() -> None:
    """A day, a figure, or a row; rows that are not known are none."""
    none = Difference(days=(), figures=(), rows=RowChanges((), (), ()), verdict=None)
    assert none.is_empty
    assert replace(none, rows=None).is_empty
    assert not replace(none, days=((date(2025, 10, 8), {"AGREED/UP": 1}),)).is_empty
    assert not replace(none, figures=(("low", "1/2", "1/3"),)).is_empty
    for rows in (RowChanges(("1",), (), ()), RowChanges((), ("1",), ()), RowChanges((), (), ("1",))):
        assert not replace(none, rows=rows).is_empty


def test_days_and_figures_of_one_statement_alone_differ_too() -> None:
    """Their cells count from nothing; a policy is a figure."""
    first = issued(report_of([OUTAGE], at(8), at(10), as_of=LATER))
    cells = dict(first.day_cells)
    without_day = replace(first, day_cells={"2025-10-08": cells["2025-10-08"]})
    assert difference(without_day, first).days == ((date(2025, 10, 9), {"AGREED/UP": DAY_US}),)
    assert difference(first, without_day).days == ((date(2025, 10, 9), {"AGREED/UP": -DAY_US}),)
    figures = {name: value for name, value in first.figures.items() if name != "low"}
    assert difference(replace(first, figures=figures), first).figures == (("low", None, first.figures["low"]),)
    assert difference(first, replace(first, figures=figures)).figures == (("low", first.figures["low"], None),)
    assert difference(first, replace(first, policy="other")).figures == (("policy", first.policy, "other"),)


def test_rows_without_an_id_count_together_and_stand_first() -> None:
    """The others by their text."""
    rows = [sla.Alarm(at(8, hour), at(8, hour, 1), id=name) for hour, name in ((1, "b"), (2, None), (3, "a"))]
    change = difference(issued(of_day()), issued(of_day(*rows)))
    assert change.rows == RowChanges(added=(None, "a", "b"), removed=(), changed=())
    assert change.explain().splitlines()[-1] == "rows added: (without id), a, b"


def test_a_difference_shows_verdicts_and_every_kind_of_row() -> None:
    """And signs the smallest length."""
    first = issued(of_day(OUTAGE, sla.Alarm(at(8, 20), at(8, 20), id="gone")))
    text = repr(difference(first, restated(first, of_day(sla.Alarm(at(8, 9), at(8, 9), id="new")))))
    assert text.splitlines()[1] == "  verdict: BREACHED -> MET"
    assert text.endswith("\n  rows added: 'new'\n  rows removed: '17', 'gone'>")
    cells = {"2025-10-08": {"AGREED/UP": 23 * HOUR_US + 1, "AGREED/DOWN": HOUR_US - 1}}
    changed = difference(first, replace(first, day_cells=cells)).explain()
    assert changed == "2025-10-08 AGREED/DOWN -0.000001 s, AGREED/UP +0.000001 s"
    with pytest.raises(sla.InvalidTypeError) as caught:
        difference("first", first)  # type: ignore[arg-type]
    assert caught.value.field == "old"
