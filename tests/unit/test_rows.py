"""Alarms from mappings: names, words, what is absent, what is assumed, and what is wrong with rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

import sla_compliance as sla
from sla_compliance.rows.options import COMMAND_LINE
from sla_compliance.rows.reading import MOST_FAULTS, RowFormat, RowReader
from sla_compliance.units import instant_us
from sla_compliance.validation import STILL_ACTIVE_US

RAISED, CLEARED = "2026-10-01T09:00:00Z", "2026-10-01T10:00:00Z"
NINE = instant_us(datetime(2026, 10, 1, 9, tzinfo=UTC), field="nine")
HOUR_US = 3_600_000_000
DAY: dict[str, Any] = {
    "start": datetime(2026, 10, 1, tzinfo=UTC),
    "end": datetime(2026, 10, 2, tzinfo=UTC),
    "zone": "UTC",
    "as_of": datetime(2026, 10, 3, tzinfo=UTC),
}


def row(**values: Any) -> dict[str, Any]:
    """Return a row of an outage of one hour, with some values changed."""
    return {"first_occurrence": RAISED, "cleared_at": CLEARED, "severity": "critical", **values}


def faults(*rows: Any, **options: Any) -> list[str]:
    """Return what is wrong with some rows."""
    with pytest.raises(sla.InvalidAlarmsError) as caught:
        sla.alarms_from_rows(rows, **options)
    return [str(fault) for fault in caught.value.exceptions]


class TestNames:
    """How their columns become ours."""

    def test_our_names_are_known_in_any_case(self) -> None:
        """And all others are carried along."""
        batch = sla.alarms_from_rows([{"First_Occurrence": RAISED, "SEVERITY": "MAJOR", "Site": "Lagos"}])
        assert batch.starts_us == (NINE,)
        assert batch.columns == {"severity": (sla.Severity.MAJOR,), "Site": ("Lagos",)}

    def test_a_mapped_name_wins_and_its_namesake_keeps_out_of_the_way(self) -> None:
        """A column that is not meant is not lost either."""
        batch = sla.alarms_from_rows(
            [row(severity=9, level="minor")], columns={"severity": "level", "first_occurrence": "first_occurrence"}
        )
        assert batch.columns == {"original severity": (9,), "severity": (sla.Severity.MINOR,)}

    def test_names_with_dots_reach_into_objects(self) -> None:
        """At any depth; what is not there is absent, and a column of that very name is meant first."""
        rows = [row(labels={"where": {"id": 7}}), row(labels={"where": None}), row(labels="none"), row()]
        columns = {"resource_id": "labels.where.id"}
        assert sla.alarms_from_rows(rows, columns=columns).columns["resource_id"] == (7, None, None, None)
        named = [{**row(), "labels.where.id": 8, "labels": {"where": {"id": 7}}}]
        assert sla.alarms_from_rows(named, columns=columns).columns["resource_id"] == (8,)

    def test_a_row_may_lack_what_others_have(self) -> None:
        """Across pieces too."""
        rows = [row(site=number) if number % 2 else row() for number in range(10_000)]
        batch = sla.alarms_from_rows(rows)
        assert batch.columns["site"] == tuple(number if number % 2 else None for number in range(10_000))
        late = [*([row()] * 5000), row(late="x"), {"first_occurrence": RAISED}]
        with pytest.raises(sla.InvalidAlarmsError, match=r"alarms\[5001\]\.severity is None"):
            sla.alarms_from_rows(late)

    @pytest.mark.parametrize(
        ("rows", "columns", "message"),
        [
            (
                [{"start": RAISED}],
                None,
                "rows has no column first_occurrence; it has 'start'; map the one that holds it",
            ),
            ([{}], None, "has no column first_occurrence; it has none"),
            ([row()], {"severity": "level"}, "has no column 'level', which severity is mapped to"),
            ([row()], {"first_occurrence": "raised"}, "has no column 'raised', which first_occurrence is mapped to"),
            ([row()], {"resource_id": "labels.id"}, "has no column 'labels.id', which resource_id is mapped to"),
            ([row(SEVERITY="minor")], None, "has two columns called severity; rename one"),
            ([row(**{f"c{number}": 1 for number in range(40_000)})], None, "has 40,003 columns, more than 2,000"),
        ],
    )
    def test_columns_that_are_missing_double_or_too_many_are_refused(
        self, rows: list[dict[str, Any]], columns: dict[str, str] | None, message: str
    ) -> None:
        """A typo is an error, not an outage without an end."""
        with pytest.raises(sla.InvalidValueError) as caught:
            sla.alarms_from_rows(rows, columns=columns)
        assert message in str(caught.value)

    def test_a_missing_column_names_the_option_that_maps_it(self) -> None:
        """In the words of the door."""
        row_format = RowFormat(option_names=COMMAND_LINE)
        with pytest.raises(sla.InvalidValueError, match="map the one that holds it, with --column first_occurrence="):
            row_format.check_names(["start"], sla.InvalidValueError)


class TestWords:
    """Severities and statuses in other words."""

    def test_severities_are_mapped_and_ours_are_still_read(self) -> None:
        """In any case; "*" takes all others."""
        severity_map = {"critical": ["High", "Disaster"], "Major": "5", "minor": "*"}
        words = ["DISASTER", "high", 5, "Average", "WARNING", "critical"]
        batch = sla.alarms_from_rows([row(severity=word) for word in words], severity_map=severity_map)
        assert batch.columns["severity"] == ("critical", "critical", "major", "minor", "warning", "critical")

    def test_a_word_of_ours_can_mean_another(self) -> None:
        """What is mapped is meant."""
        batch = sla.alarms_from_rows([row(severity="major")], severity_map={"critical": "MAJOR"})
        assert batch.columns["severity"] == ("critical",)

    def test_an_absent_severity_is_a_fault_unless_the_empty_text_is_mapped(self) -> None:
        """All others are words; a row without one may be anything."""
        assert "severity is None" in faults(row(severity=""), severity_map={"minor": "*"})[0]
        batch = sla.alarms_from_rows([row(severity=None)], severity_map={"minor": ["*", ""]})
        assert batch.columns["severity"] == ("minor",)

    def test_an_unknown_word_names_the_option(self) -> None:
        """With all that would be read."""
        (fault,) = faults(row(severity="High"))
        assert fault.startswith("alarms[0].severity is 'High'; give one of critical, major, minor")
        assert fault.endswith("or give severity_map={'critical': ['High']}")

    def test_what_is_no_word_at_all_is_a_fault(self) -> None:
        """A list, a number."""
        assert [fault.partition(";")[0] for fault in faults(row(severity=["a"]), row(severity=7))] == [
            "alarms[0].severity is a value of type list",
            "alarms[1].severity is 7",
        ]

    def test_members_of_foreign_enums_are_their_text(self) -> None:
        """Databases hold an Enum's names, platforms give its values lower-case."""

        class Level(Enum):
            CRITICAL = "critical"
            MAJOR = 2

        class Kind(StrEnum):
            LINK = "link"

        rows = [row(severity=Level.CRITICAL, alarm_type=Kind.LINK), row(severity=Level.MAJOR, alarm_type=Level.MAJOR)]
        columns = sla.alarms_from_rows(rows).columns
        assert columns["severity"] == ("critical", "major")
        assert columns["alarm_type"] == ("link", "MAJOR")

    def test_statuses_are_mapped_and_others_carried_as_they_stand(self) -> None:
        """A row that is over ends when it was last seen."""
        rows = [
            row(cleared_at=None, last_occurrence=CLEARED, status=status) for status in ("Done", "Active", "RESOLVED", 4)
        ]
        batch = sla.alarms_from_rows(rows, status_map={"closed": "done", "suppressed": [4]})
        assert batch.columns["status"] == ("closed", "Active", "resolved", "suppressed")
        assert [end == STILL_ACTIVE_US for end in batch.ends_us] == [False, True, False, True]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"severity_map": {"crit": "High"}}, "severity_map names 'crit'; give keys of critical, major"),
            (
                {"severity_map": {"critical": "a", "major": ["b", "A"]}},
                "severity_map maps 'a' to 'critical' and to 'major'",
            ),
            ({"severity_map": {"critical": "*", "major": "*"}}, "severity_map maps '*' to"),
            ({"severity_map": {"critical": 1.5}}, "severity_map['critical'] is 1.5; give a word or several"),
            ({"severity_map": {"critical": [None]}}, "severity_map['critical'] is None; give words as text"),
            ({"severity_map": {"critical": {"High": 1}}}, "severity_map['critical'] is a value of type dict"),
            ({"severity_map": {1: "High"}}, "severity_map is 1; give texts"),
            ({"severity_map": ["High"]}, "severity_map is a value of type list; give a mapping such as"),
            ({"status_map": "Done"}, "status_map is 'Done'; give a mapping"),
            ({"columns": {"severty": "Level"}}, "did you mean 'severity'"),
            ({"columns": ["Level"]}, "columns is no mapping of texts"),
            ({"epoch": "seconds"}, "epoch is 'seconds'; give one of"),
            ({"times_in": 3}, "times_in is 3; give a name such as 'Africa/Lagos'"),
            ({"on_invalid": "ignore"}, "on_invalid is 'ignore'; give 'raise' or 'quarantine'"),
            ({"clock_skew": timedelta(-1)}, "clock_skew is"),
        ],
    )
    def test_impossible_options_are_refused_before_a_row_is_read(self, options: dict[str, Any], message: str) -> None:
        """One message, that names the option."""

        def never() -> Iterator[Mapping[str, Any]]:
            raise AssertionError("a row was read")
            yield {}

        with pytest.raises(sla.SLAComplianceError) as caught:
            sla.alarms_from_rows(never(), **options)
        assert message in str(caught.value)


class TestValues:
    """What the cells of rows may hold."""

    def test_absent_values_are_none(self) -> None:
        """NaN is one value for each of which no two are equal, so it would be no key."""
        nan = float("nan")
        batch = sla.alarms_from_rows([row(cleared_at=nan, resource_id=nan, site="", subscriber_count=nan)])
        assert batch.ends_us == (STILL_ACTIVE_US,)
        assert (batch.columns["resource_id"], batch.columns["site"]) == ((None,), (None,))
        assert batch.columns["subscriber_count"] == (None,)

    def test_keys_keep_their_type(self) -> None:
        """They are compared as text by whoever groups by them."""
        key = UUID(int=7)
        batch = sla.alarms_from_rows([row(resource_id=key), row(resource_id=7), row(resource_id="7")])
        assert batch.columns["resource_id"] == (key, 7, "7")

    @pytest.mark.parametrize(("count", "expected"), [("12", 12), (12, 12), (12.0, 12), ("", None)], ids=repr)
    def test_counts_are_whole_numbers(self, count: object, expected: int | None) -> None:
        """As text too."""
        assert sla.alarms_from_rows([row(subscriber_count=count)]).columns["subscriber_count"] == (expected,)

    @pytest.mark.parametrize("count", ["many", "1.5", "9" * 30, 1.5, True], ids=repr)
    def test_other_counts_are_faults(self, count: object) -> None:
        """Named with the row."""
        assert "subscriber_count is" in faults(row(subscriber_count=count))[0]

    def test_epoch_and_local_times_together(self) -> None:
        """Each value is read by its own form."""
        rows = [row(first_occurrence=NINE // 1_000_000), row(first_occurrence="2026-10-01 11:00")]
        assert sla.alarms_from_rows(rows, epoch="s", times_in="Europe/Berlin").starts_us == (NINE, NINE)


class TestSeverities:
    """Rows that have none."""

    def test_without_a_column_every_row_counts_as_critical_and_the_report_says_so(self) -> None:
        """Outage lists mostly have none."""
        batch = sla.alarms_from_rows([{"first_occurrence": RAISED, "cleared_at": CLEARED}] * 2)
        assert batch.columns["severity"] == ("critical", "critical")
        report = sla.evaluate(batch, **DAY)
        assert report.total.downtime_minutes == 60
        sentence = "2 rows without a severity column, counted as critical"
        assert sentence in report.quality.lines()
        assert report.quality.assumptions == (sentence,)

    def test_one_input_of_several_may_lack_the_column(self) -> None:
        """Its own rows count as critical, the others by their words."""
        reader = RowReader(RowFormat())
        reader.add({"first_occurrence": [RAISED], "severity": ["minor"]}, 1)
        reader.end_input()
        reader.add({"first_occurrence": [RAISED]}, 1)
        batch = reader.batch()
        assert batch.columns["severity"] == ("minor", "critical")
        assert batch.assumptions == ("1 row without a severity column, counted as critical",)

    def test_no_row_needs_no_assumption(self) -> None:
        """An empty input is a perfect month."""
        assert sla.alarms_from_rows([]).assumptions == ()
        assert len(sla.alarms_from_rows(iter(()))) == 0


class TestFaults:
    """Bad rows: all collected, raised together or set aside."""

    def test_all_faults_of_all_rows_are_raised_together(self) -> None:
        """Each names its row and value."""
        bad = row(first_occurrence="2026-10-01 09:00", cleared_at=5)
        assert [fault.partition(" is ")[0] for fault in faults(row(), bad, row(severity="x"))] == [
            "alarms[1].first_occurrence",
            "alarms[1].cleared_at",
            "alarms[2].severity",
        ]

    def test_quarantine_sets_bad_rows_aside_with_what_can_be_read_of_them(self) -> None:
        """An unreadable severity may be anything, an unreadable start is none."""
        rows = [row(), row(severity="x"), row(first_occurrence="x"), row(cleared_at="x")]
        batch = sla.alarms_from_rows(rows, on_invalid="quarantine")
        assert len(batch) == 1
        assert [(bad.row, bad.start_us, bad.end_us) for bad in batch.rejected] == [
            (1, NINE, NINE + HOUR_US),
            (2, None, None),
            (3, NINE, None),
        ]

    def test_the_clock_skew_is_kept(self) -> None:
        """A row reversed by less has no length."""
        reversed_row = row(first_occurrence=CLEARED, cleared_at=RAISED)
        batch = sla.alarms_from_rows([reversed_row], clock_skew=timedelta(hours=1))
        assert batch.starts_us == batch.ends_us

    def test_rows_without_end_are_not_read_to_an_end_that_never_comes(self) -> None:
        """Where bad rows are to be raised, some thousands of them are enough."""

        def endless() -> Iterator[dict[str, str]]:
            while True:
                yield {"first_occurrence": "x"}

        with pytest.raises(sla.InvalidAlarmsError) as caught:
            sla.alarms_from_rows(endless())
        assert MOST_FAULTS <= len(caught.value.exceptions) < 2 * MOST_FAULTS

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ("text", "rows is 'text'; give several mappings"),
            ({"first_occurrence": [RAISED]}, "rows is a value of type dict; give several mappings"),
            (17, "rows is 17; give several mappings"),
            ([row(), 17], "alarms[1] is 17; give mappings"),
            ([row(), (RAISED, CLEARED)], "alarms[1] is a value of type tuple; give mappings"),
            ([{17: RAISED}], "a column is called 17; give texts as names"),
        ],
    )
    def test_what_is_no_mapping_is_a_wrong_type(self, rows: Any, message: str) -> None:
        """In both modes."""
        for on_invalid in ("raise", "quarantine"):
            with pytest.raises(sla.InvalidTypeError) as caught:
                sla.alarms_from_rows(rows, on_invalid=on_invalid)
            assert message in str(caught.value)

    def test_rows_of_a_csv_reader_with_too_many_fields_are_faults(self) -> None:
        """Their values may stand under the wrong names; a field too few is an absent value."""
        text = f"severity,first_occurrence,cleared_at\nmajor,{RAISED}\nmajor,{RAISED},{CLEARED},x,y\n"
        assert faults(*csv.DictReader(io.StringIO(text))) == ["alarms[1] has more fields than the header"]


def test_rows_of_a_database_are_mappings() -> None:
    """SQLAlchemy's result.mappings() is read as it stands; a plain row is not."""
    engine = sa.create_engine("sqlite://")
    statement = sa.text("select :raised as first_occurrence, :cleared as cleared_at, 'major' as severity")
    bound = {"raised": NINE // 1_000_000, "cleared": 0}
    with engine.connect() as connection:
        batch = sla.alarms_from_rows(connection.execute(statement, bound).mappings(), epoch="s")
        assert (batch.starts_us, batch.ends_us) == ((NINE,), (STILL_ACTIVE_US,))
        with pytest.raises(sla.InvalidTypeError, match=r"result\.mappings\(\)"):
            sla.alarms_from_rows(connection.execute(statement, bound))  # type: ignore[arg-type]


class TestEvaluate:
    """evaluate() and evaluate_each() take mappings as they stand."""

    def test_mappings_are_read_as_alarms_from_rows_reads_them(self) -> None:
        """Any iterable, read once."""
        rows = [row(resource_id="a"), row(resource_id=7)]
        assert sla.evaluate(iter(rows), **DAY).total.downtime_minutes == 60
        assert {key: len(report.batch) for key, report in sla.evaluate_each(rows, **DAY).items()} == {"a": 1, 7: 1}

    def test_bad_rows_are_raised_or_set_aside(self) -> None:
        """As `on_invalid` says."""
        rows = [row(), row(severity="x")]
        with pytest.raises(sla.InvalidAlarmsError):
            sla.evaluate(rows, **DAY)
        assert len(sla.evaluate(rows, on_invalid="quarantine", **DAY).quality.rejected) == 1

    def test_messages_name_the_argument_and_the_function_that_takes_options(self) -> None:
        """evaluate() has no options of rows itself."""
        with pytest.raises(sla.InvalidValueError, match=r"^alarms has no column first_occurrence; .* alarms_from_rows"):
            sla.evaluate([{"Time": RAISED}], **DAY)
        with pytest.raises(
            sla.InvalidAlarmsError, match=r"or give alarms_from_rows\(\.\.\., times_in='Africa/Lagos'\)"
        ):
            sla.evaluate([{"first_occurrence": "2026-03-03 08:00"}], **DAY)

    @pytest.mark.parametrize(
        ("alarms", "message"),
        [
            ([sla.Alarm(DAY["start"]), row()], "alarms[1] is a value of type dict; give an Alarm"),
            ([row(), sla.Alarm(DAY["start"])], "alarms[1] is a value of type Alarm; give mappings"),
            ([17], "alarms[0] is 17; give an Alarm"),
            (17, "alarms is 17; give an AlarmBatch, several Alarm, several mappings or a frame"),
            ("text", "alarms is 'text'; give an AlarmBatch"),
            ({"first_occurrence": [RAISED]}, "alarms is a value of type dict; give an AlarmBatch"),
        ],
    )
    def test_the_first_element_decides_and_another_kind_is_named(self, alarms: Any, message: str) -> None:
        """By its place."""
        with pytest.raises(sla.InvalidTypeError) as caught:
            sla.evaluate(alarms, **DAY)
        assert message in str(caught.value)


def test_of_very_many_texts_absent_ones_are_absent_too() -> None:
    """Equal texts are kept once up to a number of them; beyond it, empty ones are still no value."""
    rows = [{"id": f"a-{n}", "first_occurrence": "2026-03-03T05:00:00Z"} for n in range(40_000)]
    batch = sla.alarms_from_rows([*rows, {"id": "", "first_occurrence": "2026-03-03T05:00:00Z"}])
    assert batch.columns["id"][-2:] == ("a-39999", None)
