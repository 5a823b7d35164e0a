"""Statements: what was declared of a month, by whom, from which rows; and what a later fact changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sla_compliance import (
    Accounting,
    Alarm,
    Correction,
    Counts,
    Exclusion,
    InvalidTypeError,
    InvalidValueError,
    MaintenanceWindow,
    Scope,
    ServiceHours,
    SLAPolicy,
    State,
    evaluate,
)
from sla_compliance.analysis import Statement, difference, restate, statement, statements
from sla_compliance.analysis.statement_documents import document_of, statement_of
from sla_compliance.errors import PeriodOpenError
from sla_compliance.report import ComplianceReport
from sla_compliance.units import MINUTE_US, instant_us

OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
SECOND_OF_NOVEMBER = datetime(2026, 11, 2, tzinfo=UTC)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def october(alarms: Iterable[Alarm], **changes: Any) -> ComplianceReport:
    arguments = {"start": OCTOBER, "end": NOVEMBER, "zone": "UTC", "as_of": SECOND_OF_NOVEMBER, **changes}
    return evaluate(list(alarms), **arguments)


def issued(report: ComplianceReport, **changes: Any) -> Statement:
    arguments = {"tenant": "acme", "issued_at": SECOND_OF_NOVEMBER, "issued_by": "the monthly job", **changes}
    return statement(report, **arguments)


def restated(old: Statement, report: ComplianceReport, **changes: Any) -> Statement:
    arguments = {"issued_at": SECOND_OF_NOVEMBER, "issued_by": "ana", "reason": "a late end", **changes}
    return restate(old, report, **arguments)


ROW_16 = Alarm(
    at(2, 8),
    at(
        2,
        8,
        4,
    ),
    id="16",
)
ROW_17 = Alarm(at(3, 9), at(3, 9, 40), id="17")
MENDED_17 = Alarm(at(3, 9), at(3, 10, 20), id="17")


def test_a_late_end_lifts_a_month_over_its_target_and_the_difference_says_so() -> None:
    first = issued(october([ROW_16, ROW_17]))
    assert (first.number, first.supersedes, first.reason) == (1, None, None)
    assert first.figures["verdict"] == "MET"
    assert first.title == "Statement 1, 2026-10-01 to 2026-10-31"
    second = restated(first, october([ROW_16, MENDED_17]))
    assert (second.number, second.supersedes, second.reason) == (2, first.digest, "a late end")
    change = difference(first, second)
    ((date, cells),) = change.days
    assert date.isoformat() == "2026-10-03"
    assert cells == {"AGREED/UP": -40 * MINUTE_US, "AGREED/DOWN": 40 * MINUTE_US}
    assert change.verdict == ("MET", "BREACHED")
    assert change.rows is not None
    assert (change.rows.added, change.rows.removed, change.rows.changed) == ((), (), ("17",))
    assert {name for name, _, _ in change.figures} >= {"compliance_percentage", "downtime_us", "verdict"}
    words = change.explain()
    assert "2026-10-03 AGREED/DOWN +40 min, AGREED/UP -40 min" in words
    assert "verdict: MET -> BREACHED" in words
    assert "rows changed: 17" in words
    assert json.loads(json.dumps(change.as_dict()))["rows"]["changed"] == ["17"]
    assert f"supersedes {first.digest[:16]}: a late end" in second.explain()
    assert "99.90 % of 99.9 %, MET" in first.explain()


def test_unchanged_facts_give_no_new_number() -> None:
    first = issued(october([ROW_16, ROW_17]))
    later = october([ROW_17, ROW_16], as_of=datetime(2026, 12, 1, tzinfo=UTC))
    assert restated(first, later, issued_at=datetime(2026, 12, 1, tzinfo=UTC)) is first
    assert restated(replace(first, tz_version="1999a"), later, issued_at=datetime(2026, 12, 1, tzinfo=UTC)).number == 1
    assert difference(first, first).is_empty
    assert difference(first, first).explain() == "nothing differs"


def test_added_and_removed_rows_are_named() -> None:
    first = issued(october([ROW_16, ROW_17]))
    second = restated(first, october([ROW_17, Alarm(at(4), at(4, 0, 1))]))
    change = difference(first, second)
    assert change.rows is not None
    assert (change.rows.added, change.rows.removed, change.rows.changed) == ((None,), ("16",), ())
    assert "rows added: (without id)" in change.explain()
    assert "rows removed: 16" in change.explain()


def test_other_terms_are_another_statement() -> None:
    first = issued(october([ROW_17]))
    second = restated(first, october([ROW_17], policy=SLAPolicy("99.99")))
    assert second.number == 2
    figures = {name: (old, new) for name, old, new in difference(first, second).figures}
    assert figures["target_percentage"] == ("99.9", "99.99")
    assert "policy" in figures


@pytest.mark.parametrize(
    "changes",
    [
        {"service_hours": ServiceHours.weekly({"mon-fri": "09:00-17:00"})},
        {"in_service": [(at(5), NOVEMBER)]},
        {"in_service": [(OCTOBER, at(3, 9, 20))]},
    ],
    ids=["service hours", "activated later", "ended earlier"],
)
def test_other_agreed_time_is_another_statement(changes: dict[str, Any]) -> None:
    """The rows are the same; what was owed is not, and neither is the figure."""
    first = issued(october([ROW_17]))
    report = october([ROW_17], **changes)
    second = restated(first, report)
    assert second.number == 2
    assert second.figures["uptime_us"] == report.total.uptime_us != first.figures["uptime_us"]
    assert restated(second, report) is second
    # Zone rules move service hours by themselves, and restate nothing.
    under_other_rules = replace(first, tz_version="1999a")
    assert restated(under_other_rules, report) is under_other_rules


@pytest.mark.parametrize("terms", ["target", "accounting"])
def test_a_record_under_other_terms_is_another_statement(terms: str) -> None:
    first = issued(october([ROW_17]))
    report = october([ROW_17])
    record = report.total.with_target("99.99") if terms == "target" else report.total.counted_as(Accounting.GROSS)
    second = restated(first, report, record=record)
    assert (second.number, second.figures["verdict"]) == (2, str(record.verdict))
    assert restated(second, report, record=record) is second


def test_time_that_was_monitored_after_all_is_another_statement() -> None:
    first = issued(october([ROW_17], monitored=[(at(5), NOVEMBER)]))
    second = restated(first, october([ROW_17]))
    assert (second.number, second.figures["availability"]) == (2, "1115/1116")


def test_a_purge_restates_nothing() -> None:
    first = issued(october([ROW_16, ROW_17]))
    purged = october([ROW_17], monitored=[(at(3), NOVEMBER)])
    with pytest.raises(InvalidValueError, match="purge"):
        restated(first, purged)


def test_an_open_period_is_refused_unless_it_is_provisional() -> None:
    policy = SLAPolicy(min_outage=timedelta(minutes=5))
    report = october([ROW_17], as_of=NOVEMBER, policy=policy)
    with pytest.raises(InvalidValueError, match="final on 2026-11-01T00:05:00"):
        issued(report)
    draft = issued(report, provisional=True)
    assert draft.is_provisional
    assert draft.title.endswith(", provisional")
    final = restated(draft, october([ROW_17], policy=policy), reason="the month is closed")
    assert not final.is_provisional
    assert final.number == 2


def test_a_period_with_an_alarm_that_is_open_and_unseen_is_final_seven_days_later() -> None:
    alarm = Alarm(at(31, 23), id="i-9", last_occurrence=at(31, 23, 5))
    with pytest.raises(InvalidValueError, match="final on 2026-11-08"):
        issued(october([alarm]))
    report = october([alarm], as_of=datetime(2026, 11, 9, tzinfo=UTC))
    doubtful = issued(report, issued_at=datetime(2026, 11, 9, tzinfo=UTC))
    assert doubtful.title.endswith(", not confirmed")


def test_a_statement_survives_json() -> None:
    first = issued(october([ROW_17]), subject="olt-4")
    text = first.canonical_json
    again = Statement.from_dict(json.loads(text), first.lines)
    assert again == first
    assert again.digest == first.digest
    assert Statement.from_dict(json.loads(text), None).lines is None
    with pytest.raises(InvalidValueError, match="number"):
        Statement.from_dict({name: value for name, value in first.as_dict().items() if name != "number"}, None)


def test_one_day_of_a_report_is_stated_by_itself() -> None:
    report = october([ROW_16, ROW_17])
    day = issued(report, record=report.days[2])
    assert list(day.day_cells) == ["2026-10-03"]
    assert [json.loads(line)[1] for line in day.lines or ()] == ["17"]


def test_many_rows_are_kept_by_their_digest_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST_LINES", 1)
    first = issued(october([ROW_16, ROW_17]))
    assert first.lines is None
    change = difference(first, restated(first, october([ROW_16, MENDED_17])))
    assert change.rows is None
    assert change.as_dict()["rows"] is None
    assert "which rows differ is not known" in change.explain()


TARGETS: dict[str, Any] = {"applies_to": {"resource_id": ["olt-4"]}}


def test_windows_and_corrections_are_lines_of_the_input() -> None:
    correction = Correction("17", ends=at(3, 10), reason="NTP was off", author="ana", entered_at=at(20))
    report = october(
        [replace(ROW_17, resource_id="olt-4")],
        corrections=[correction],
        maintenance=[MaintenanceWindow(at(3, 9), at(3, 9, 10), **TARGETS), (at(6), at(6, 1))],
        exclusions=[Exclusion(at(8), at(8, 1), reason="customer", **TARGETS)],
    )
    first = issued(report)
    lines = [json.loads(line) for line in first.lines or ()]
    kinds = [line[0] for line in lines]
    assert kinds == sorted(kinds)
    assert sorted(set(kinds)) == ["correction", "exclusion", "maintenance", "row"]
    (row,) = (line for line in lines if line[0] == "row")
    assert row[4:] == ["critical", {"resource_id": "olt-4"}]
    assert [line[3] for line in lines if line[0] == "maintenance"] == [[[["resource_id"], [["olt-4"]]]], None]
    assert "NTP was off" in first.corrections[0]
    change = difference(first, restated(first, october([ROW_17])))
    assert change.rows is not None
    assert change.rows.changed == ("17",)


def test_a_custom_accounting_stands_in_the_figures_as_its_cells() -> None:
    accounting = Accounting({(Scope.AGREED, State.UNKNOWN): Counts.UP})
    first = issued(october([], policy=SLAPolicy(accounting=accounting)))
    assert "UNKNOWN" in str(first.figures["accounting"])


def test_a_period_without_data_is_stated_as_such() -> None:
    first = issued(october([], in_service=[]))
    assert first.figures["availability"] is None
    assert first.figures["low"] is None
    assert not first.figures["is_confirmed"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"tenant": " "}, "tenant"), ({"issued_by": ""}, "issued_by"), ({"issued_at": OCTOBER}, "issued_at")],
)
def test_arguments_of_a_statement_are_checked(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError, match=field):
        issued(october([]), **changes)


def test_arguments_of_restating_and_of_a_difference_are_checked() -> None:
    report = october([ROW_17])
    first = issued(report)
    with pytest.raises(InvalidValueError, match="reason"):
        restated(first, report, reason=" ")
    with pytest.raises(InvalidValueError, match="period"):
        restated(first, report, record=report.days[0])
    with pytest.raises(InvalidTypeError, match="old"):
        restated("first", report)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="new"):
        difference(first, "second")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="another tenant"):
        difference(first, replace(first, tenant="globex"))


class TestDocuments:
    """A statement as JSON types, and back; what was changed is refused."""

    def test_a_document_is_the_statement(self) -> None:
        """With its lines, and where there are too many without."""
        whole = issued(october([ROW_16]))
        for kept in (whole, replace(whole, lines=None)):
            document = document_of(kept)
            assert statement_of(json.loads(json.dumps(document))) == kept
            assert document["digest"] == kept.digest

    @pytest.mark.parametrize(
        ("name", "value", "fault"),
        [
            ("number", True, "its field number is missing, or of another type"),
            ("zone", None, "its field zone is missing"),
            ("figures", {}, "its field figures lacks some"),
            ("day_cells", {}, "has no days"),
            ("day_cells", {"2026-10-01": 1}, "has no days"),
            ("lines", [1], "other things than texts"),
            ("lines", ["x"], "changed after it was issued"),
            ("issued_by", "bo", "changed after it was issued"),
            ("more", 1, "more"),
        ],
    )
    def test_another_content_is_refused(self, name: str, value: object, fault: str) -> None:
        """By the field at fault."""
        document = {**document_of(issued(october([ROW_16]))), name: value}
        with pytest.raises(InvalidValueError, match=fault) as caught:
            statement_of(document)
        assert caught.value.field == "statement"
        assert document[name] == value  # the document itself is left as it is

    def test_what_is_no_object_is_refused(self) -> None:
        """A list, or nothing."""
        for document in ("", None):
            with pytest.raises(InvalidValueError, match="it is no object"):
                statement_of(document)


def test_an_open_period_says_when_it_is_final() -> None:
    """As an attribute, which a job reads."""
    with pytest.raises(PeriodOpenError, match=r"record is of a period that is final on 2026-11-01") as caught:
        issued(october([], as_of=at(20)), issued_at=at(20))
    assert caught.value.final_us == instant_us(NOVEMBER, field="november")
