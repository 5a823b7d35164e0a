"""Corrections: what people know better than rows, before the rows are judged and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance import Doubt, DoubtCause
from sla_compliance.corrections import NO_SUCH_ROW, SEVERAL_ALARMS
from sla_compliance.measured import FactCode
from sla_compliance.units import HOUR_US
from tests.unit.moments import at, us

ENTERED = at(10)
TERMS: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(20), "on_invalid": "quarantine"}


def correct(row_id: Any, entered: datetime = ENTERED, **facts: Any) -> sla.Correction:
    """Return a correction by somebody for some reason."""
    return sla.Correction(row_id, **{"reason": "link was up", "author": "NOC", "entered_at": entered, **facts})


def reports(
    alarms: list[sla.Alarm], corrections: list[sla.Correction], **terms: Any
) -> tuple[sla.ComplianceReport, sla.ComplianceReport]:
    """Return the report of rows that are corrected before they are judged, and that of a batch."""
    by_rows = sla.evaluate(alarms, corrections=corrections, **{**TERMS, **terms})
    batch = sla.AlarmBatch.from_alarms(alarms, on_invalid="quarantine")
    return by_rows, sla.evaluate(batch, corrections=corrections, **{**TERMS, **terms})


def cells(report: sla.ComplianceReport) -> object:
    """Return all that a report says of its window but for the words of quality."""
    readings = report.readings
    return (
        report.total.segments,
        readings.optimistic.segments,
        readings.pessimistic.segments,
        report.bounds(),
        report.quality.corrected,
        report.quality.unused_corrections,
        [(row.row, row.start_us, row.end_us) for row in report.quality.rejected],
    )


class TestArguments:
    """What a correction accepts."""

    @pytest.mark.parametrize(
        ("facts", "message"),
        [
            ({}, "void stands alone; give either void=True, or ends, starts or severity"),
            ({"void": True, "ends": at(8)}, "void stands alone"),
            ({"void": 1}, "void is 1; give True or False"),
            ({"ends": at(8), "starts": at(9)}, "ends is 2025-10-08 .* before start 2025-10-09"),
            ({"ends": datetime(2025, 10, 8)}, "ends is 2025-10-08 00:00:00 without a time zone"),  # noqa: DTZ001
            ({"severity": "high"}, "severity is 'high'; give one of"),
            ({"severity": "cleared"}, "severity is 'cleared'; give the one that the alarm had"),
            ({"void": True, "reason": " "}, "reason is ' '; give text"),
            ({"void": True, "author": None}, "author is None; give text"),
            ({"void": True, "entered_at": None}, "entered_at is None; give an aware datetime"),
        ],
    )
    def test_a_bad_argument_is_named(self, facts: dict[str, Any], message: str) -> None:
        """One error of the library."""
        with pytest.raises(sla.SLAComplianceError, match=message):
            correct("a", **facts)

    @pytest.mark.parametrize("row_id", [None, "", [1]])
    def test_it_names_a_row(self, row_id: Any) -> None:
        """By an id that can be text."""
        with pytest.raises(sla.SLAComplianceError, match="row_id"):
            correct(row_id, void=True)

    def test_several_corrections_are_a_list_of_them(self) -> None:
        """At every door."""
        doors: tuple[Any, ...] = ([], sla.AlarmBatch())
        for alarms in doors:
            with pytest.raises(sla.InvalidTypeError, match=r"corrections\[0\] is 'a'; give a Correction"):
                sla.evaluate(alarms, corrections=["a"], **TERMS)  # type: ignore[list-item]


class TestWhatTheyChange:
    """A row is judged as if it had said so, in a batch too."""

    @pytest.mark.parametrize(
        ("row", "correction", "hours"),
        [
            (sla.Alarm(at(8, 1), at(8, 5), id=7), correct("7", ends=at(8, 2)), 1),
            (sla.Alarm(at(8, 1), at(8, 5), id="a"), correct("a", starts=at(8, 4)), 1),
            (sla.Alarm(at(8, 1), at(8, 5), id="a"), correct("a", starts=at(8, 6), ends=at(8, 9)), 3),
            (sla.Alarm(at(8, 1), at(8, 5), id="a"), correct("a", severity="minor"), 0),
            (sla.Alarm(at(8, 1), at(8, 5), id="a", severity="minor"), correct("a", severity="MAJOR"), 4),
            (sla.Alarm(at(8, 1), at(8, 5), id="a"), correct("a", void=True), 0),
        ],
    )
    def test_a_good_row_takes_the_corrected_values(
        self, row: sla.Alarm, correction: sla.Correction, hours: int
    ) -> None:
        """Other rows stay as they are."""
        other = sla.Alarm(at(8, 20), at(8, 21), id="other")
        by_rows, by_batch = reports([row, other], [correction])
        assert cells(by_rows) == cells(by_batch)
        assert by_rows.total.downtime_us == (hours + 1) * HOUR_US
        assert by_rows.bounds().because == ()

    @pytest.mark.parametrize(
        ("row", "correction", "hours"),
        [
            (sla.Alarm(at(8, 1), id="a"), correct("a", ends=at(8, 2)), 1),
            (sla.Alarm(at(8, 1), id="a", status="cleared"), correct("a", ends=at(8, 2)), 1),
            (sla.Alarm(at(8, 1), at(8, 3), id="a", severity="cleared"), correct("a", severity="critical"), 2),
            (sla.Alarm(at(8, 1), at(8, 3), id="a", severity="fatal"), correct("a", severity="critical"), 2),
            (sla.Alarm(at(8, 3), at(8, 1), id="a"), correct("a", ends=at(8, 5)), 2),
            (sla.Alarm(at(8, 3), at(8, 1), id="a"), correct("a", starts=at(8, 0)), 1),
            (sla.Alarm(at(8, 3), resolved_at=at(8, 1), id="a"), correct("a", ends=at(8, 4)), 1),
            (sla.Alarm(None, at(8, 5), id="a"), correct("a", starts=at(8, 4)), 1),  # type: ignore[arg-type]
            (sla.Alarm(None, id="a"), correct("a", starts=at(8, 4), ends=at(8, 5)), 1),  # type: ignore[arg-type]
            (sla.Alarm(None, id="a", severity="x"), correct("a", void=True), 0),  # type: ignore[arg-type]
            (sla.Alarm(at(8, 3), at(8, 1), id="a", severity="fatal"), correct("a", void=True), 0),
            (sla.Alarm(at(8, 3), status="cleared", last_occurrence=at(8, 1), id="a"), correct("a", starts=at(8)), 1),
        ],
    )
    def test_it_settles_a_doubt(self, row: sla.Alarm, correction: sla.Correction, hours: int) -> None:
        """Also that of a row set aside; both readings are equal afterwards."""
        doubtful = sla.evaluate([row], **TERMS)
        assert doubtful.bounds().because
        by_rows, by_batch = reports([row], [correction])
        assert cells(by_rows) == cells(by_batch)
        assert by_rows.total.downtime_us == hours * HOUR_US
        if row.status is None:  # one that is over without a time stays in doubt between its last sight and bound
            assert by_rows.bounds().because == ()
            assert by_rows.readings.optimistic == by_rows.readings.pessimistic == by_rows.ledger

    def test_a_fault_that_is_not_corrected_stays(self) -> None:
        """The row stays set aside, with what was corrected."""
        row = sla.Alarm(None, at(8, 5), id="a", severity="fatal")  # type: ignore[arg-type]
        by_rows, by_batch = reports([row], [correct("a", starts=at(8, 4))])
        assert cells(by_rows) == cells(by_batch)
        assert by_rows.bounds().because == (Doubt(DoubtCause.SET_ASIDE, 1, HOUR_US),)
        only_severity, _ = reports([row], [correct("a", severity="critical")])
        assert only_severity.bounds().because == (Doubt(DoubtCause.NO_START, 1, 0),)

    def test_rows_that_are_mended_are_not_raised(self) -> None:
        """Corrections come before the rows are judged."""
        rows = [sla.Alarm(at(8, 3), at(8, 1), id="a")]
        terms = {**TERMS, "on_invalid": "raise"}
        with pytest.raises(sla.InvalidAlarmsError):
            sla.evaluate(rows, **terms)
        assert sla.evaluate(rows, corrections=[correct("a", ends=at(8, 4))], **terms).total.downtime_us == HOUR_US

    def test_a_correction_that_contradicts_the_row_makes_it_a_bad_one(self) -> None:
        """Raised, or set aside; in a batch set aside."""
        rows = [sla.Alarm(at(8, 3), at(8, 5), id="a")]
        corrections = [correct("a", ends=at(8, 1))]
        with pytest.raises(sla.InvalidAlarmsError, match=r"alarms\[0\].cleared_at lies 2 h before"):
            sla.evaluate(rows, corrections=corrections, **{**TERMS, "on_invalid": "raise"})
        by_rows, by_batch = reports(rows, corrections)
        assert cells(by_rows) == cells(by_batch)
        assert by_rows.bounds().because[0].cause is DoubtCause.SET_ASIDE

    def test_rows_without_a_severity_are_critical_beside_one_that_is_corrected(self) -> None:
        """The column comes into being with the correction."""
        batch = sla.AlarmBatch.from_columns(
            starts_us=[us(at(8, 1)), us(at(8, 3))],
            ends_us=[us(at(8, 2)), us(at(8, 5))],
            ids=["a", "b"],
            corrections=[correct("a", severity="minor")],
        )
        assert batch.columns["severity"] == ("minor", "critical")

    def test_faults_of_a_reader_are_known_by_the_name_that_they_begin_with(self) -> None:
        """A fault of a whole row stays."""
        faults = [
            sla.InvalidAlarmError("a.csv:2 first_occurrence is 'soon'; write a time", field="a.csv:2", row=0),
            sla.InvalidAlarmError("a.csv:3 has 2 fields, the header has 4", field="a.csv:3", row=1),
        ]
        corrections = [correct(key, starts=at(8, 1)) for key in ("a", "b")]
        columns: dict[str, list[Any]] = {
            "id": ["a", "b"],
            "first_occurrence": [None, None],
            "cleared_at": [us(at(8, 2)), us(at(8, 2))],
        }
        options: dict[str, Any] = {"row_names": ["a.csv:2", "a.csv:3"], "on_invalid": "quarantine"}
        batch = sla.AlarmBatch.from_named_columns(columns, faults=faults, corrections=corrections, **options)
        assert batch.starts_us == (us(at(8, 1)),)
        assert [row.reasons[0] for row in batch.rejected] == ["a.csv:3 has 2 fields, the header has 4"]
        as_read = sla.AlarmBatch.from_named_columns(columns, faults=faults, **options)
        report = sla.evaluate(as_read, corrections=corrections, **TERMS)
        assert report.total.downtime_us == HOUR_US
        assert [row.row for row in report.quality.rejected] == [1]


class TestWhichCounts:
    """Append-only: the last of a row and field."""

    ROW = sla.Alarm(at(8, 1), at(8, 9), id="a")

    @pytest.mark.parametrize(
        ("corrections", "hours"),
        [
            ([correct("a", at(11), ends=at(8, 3)), correct("a", at(10), ends=at(8, 5))], 2),
            ([correct("a", ends=at(8, 3)), correct("a", ends=at(8, 5))], 4),
            ([correct("a", at(11), starts=at(8, 2)), correct("a", at(10), ends=at(8, 5))], 3),
            ([correct("a", at(11), void=True), correct("a", at(10), ends=at(8, 5))], 0),
            ([correct("a", at(10), void=True), correct("a", at(11), ends=at(8, 5))], 4),
            (
                [
                    correct("a", at(10), ends=at(8, 2)),
                    correct("a", at(11), void=True),
                    correct("a", at(12), starts=at(8, 8)),
                ],
                1,
            ),
        ],
    )
    def test_the_last_one_of_a_field_counts(self, corrections: list[sla.Correction], hours: int) -> None:
        """By when it was entered, then as given; what comes after a void takes it back."""
        by_rows, by_batch = reports([self.ROW], corrections)
        assert by_rows.total.downtime_us == hours * HOUR_US
        assert cells(by_rows) == cells(by_batch)

    def test_rows_of_one_alarm_are_corrected_together(self) -> None:
        """What they disagreed on is settled."""
        rows = [sla.Alarm(at(8, 1), at(8, 4), id="a"), sla.Alarm(at(8, 2), at(8, 9), id="a")]
        assert sla.evaluate(rows, **TERMS).bounds().because[0].cause is DoubtCause.DISAGREEING
        by_rows, by_batch = reports(rows, [correct("a", starts=at(8, 1), ends=at(8, 3))])
        assert by_rows.total.downtime_us == 2 * HOUR_US
        assert by_rows.bounds().because == by_batch.bounds().because == ()
        assert by_rows.total.segments == by_batch.total.segments

    @pytest.mark.parametrize(
        "second",
        [
            sla.Alarm(at(8, 7), at(8, 9), id="a"),
            sla.Alarm(None, at(8, 9), id="a"),  # type: ignore[arg-type]
        ],
        ids=["apart", "unreadable"],
    )
    def test_which_of_several_alarms_is_meant_is_not_guessed(self, second: sla.Alarm) -> None:
        """It changes nothing, and is listed."""
        rows = [sla.Alarm(at(8, 1), at(8, 4), id="a"), second]
        by_rows, by_batch = reports(rows, [correct("a", ends=at(8, 2))])
        assert by_rows.total.segments == sla.evaluate(rows, **TERMS).total.segments
        assert by_rows.quality.unused_corrections == (f"row a, by NOC: {SEVERAL_ALARMS}",)
        assert cells(by_rows) == cells(by_batch)

    def test_an_id_that_no_row_has_is_listed(self) -> None:
        """Each correction once, whatever it says; rows without an id are nobody's."""
        corrections = [
            correct("b", starts=at(8, 1), ends=at(8, 2)),
            correct("b", severity="minor"),
            correct("a", void=True),
        ]
        by_rows, by_batch = reports([self.ROW, sla.Alarm(at(8, 1), at(8, 2))], corrections)
        assert by_rows.quality.unused_corrections == (f"row b, by NOC: {NO_SUCH_ROW}",) * 2
        assert "correction without effect: row b, by NOC: no row has this id" in by_rows.quality.lines()
        assert cells(by_rows) == cells(by_batch)
        without_ids = sla.AlarmBatch.from_columns(starts_us=[0], ends_us=[1])
        assert len(sla.evaluate(without_ids, corrections=corrections, **TERMS).quality.unused_corrections) == 3


class TestReports:
    """What is said of corrections."""

    def test_quality_says_what_was_corrected_by_whom_and_why(self) -> None:
        """A sentence for each field; in JSON too."""
        report, _ = reports([sla.Alarm(at(8, 1), id=17)], [correct(17, ends=at(8, 2)), correct(17, severity="major")])
        lines = (
            "row 17 ends 2025-10-08T02:00:00+00:00, by NOC: link was up",
            "row 17 severity major, by NOC: link was up",
        )
        assert report.quality.corrected == lines
        assert report.quality.lines()[:2] == tuple(f"corrected by hand: {line}" for line in lines)
        assert report.quality.as_dict()["corrected_by_hand"] == list(lines)
        assert report.quality.as_dict()["unused_corrections"] == []

    def test_many_corrections_are_counted(self) -> None:
        """All of them stand in the record of quality."""
        rows = [sla.Alarm(at(8, 1), at(8, 3), id=number) for number in range(7)]
        corrections = [correct(number, void=True) for number in range(14)]
        report, _ = reports(rows, corrections)
        assert len(report.quality.corrected) == len(report.quality.unused_corrections) == 7
        assert {"corrected by hand: 2 more values", "without effect: 2 more corrections"} <= set(report.quality.lines())

    def test_a_correction_is_a_fact_of_the_days_that_it_concerns(self) -> None:
        """Of the row as it stood and as corrected, up to as_of."""
        rows = [sla.Alarm(at(8, 1), at(9, 1), id="a"), sla.Alarm(None, id="b")]  # type: ignore[arg-type]
        corrections = [correct("a", starts=at(9, 0), ends=at(10, 1)), correct("b", void=True)]
        report = sla.evaluate(rows, corrections=corrections, **{**TERMS, "start": at(7), "end": at(12)})
        spans = [(day.start_us, day.end_us) for day in report.days]
        days = [
            {fact.name[:5] for fact in facts if fact.code == FactCode.CORRECTED}
            for facts in report.evidence.day_facts(spans)
        ]
        assert days == [{"row b"}, {"row a", "row b"}, {"row a", "row b"}, {"row a", "row b"}, {"row b"}]

    def test_each_key_has_the_corrections_of_its_rows(self) -> None:
        """A key whose only row is void has a report, and so has a device of others."""
        rows = [
            sla.Alarm(at(8, 1), at(8, 3), id=1, customer_id="c-1"),
            sla.Alarm(at(8, 1), at(8, 3), id=2, resource_id="olt"),
            sla.Alarm(at(8, 1), at(8, 3), id=3, customer_id="gone"),
        ]
        inventory = sla.Inventory([sla.Unit("olt"), sla.Unit("c-1", parents=["olt"]), sla.Unit("c-2", parents=["olt"])])
        corrections = [correct(number, void=True) for number in (1, 2, 3)]
        for alarms in (rows, sla.AlarmBatch.from_alarms(rows)):
            each = sla.evaluate_each(alarms, by="customer_id", inventory=inventory, corrections=corrections, **TERMS)
            numbers = {key: [line[4] for line in report.quality.corrected] for key, report in each.items()}
            assert numbers == {"olt": ["2"], "c-1": ["1", "2"], "c-2": ["2"], "gone": ["3"]}

    def test_a_batch_without_corrections_is_itself(self) -> None:
        """At no cost."""
        batch = sla.AlarmBatch.from_alarms([sla.Alarm(at(8, 1))])
        assert sla.evaluate(batch, **TERMS).batch is batch
