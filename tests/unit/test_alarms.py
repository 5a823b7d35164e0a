"""Severities, and which alarms qualify."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

import sla_compliance as sla
from sla_compliance.alarms import severity_of
from tests.unit.moments import at


@pytest.mark.parametrize("text", ["critical", "CRITICAL", "Critical"])
def test_a_severity_is_read_in_any_case(text: str) -> None:
    """Platforms write it either way."""
    assert sla.Severity(text) is sla.Severity.CRITICAL


def test_a_severity_is_written_as_its_name() -> None:
    """In lower case, as rows and settings write it."""
    for name, severity in sla.Severity.__members__.items():
        assert sla.Severity(name.lower()) is severity
        assert str(severity) == name.lower()


@pytest.mark.parametrize(
    ("read", "field"),
    [
        (sla.Severity, "severity"),
        (lambda value: severity_of(value, field="alarms[3].severity"), "alarms[3].severity"),
    ],
    ids=["by itself", "of a row"],
)
@pytest.mark.parametrize(("value", "kind"), [(7, sla.InvalidTypeError), ("critcal", sla.InvalidValueError)])
def test_what_is_no_severity_is_named_with_the_choice(
    read: Callable[[object], object], field: str, value: object, kind: type[sla.SLAComplianceError]
) -> None:
    """What is no text at all as well; the error carries the field."""
    with pytest.raises(kind) as caught:
        read(value)
    choice = "critical, major, minor, warning, info, indeterminate, cleared"
    assert str(caught.value) == f"{field} is {value!r}; give one of {choice}"
    assert caught.value.field == field


@pytest.mark.parametrize("argument", ["severities", "excluded_alarm_types", "excluded_statuses"])
def test_a_filter_names_the_argument_that_is_no_set_of_texts(argument: str) -> None:
    """A bare text would be read letter by letter."""
    with pytest.raises(sla.InvalidTypeError) as caught:
        sla.AlarmFilter(**{argument: "critical"})
    assert str(caught.value) == f"{argument} is 'critical'; give several texts, e.g. {{'critical'}}"
    assert caught.value.field == argument


def test_a_filter_needs_a_severity() -> None:
    """Without one nothing would ever be down."""
    with pytest.raises(sla.InvalidValueError, match="severities names none") as caught:
        sla.AlarmFilter([])
    assert caught.value.field == "severities"


def test_a_typo_in_a_severity_is_an_error() -> None:
    """Not an alarm that never counts."""
    with pytest.raises(ValueError, match="critcal"):
        sla.Severity("critcal")
    with pytest.raises(sla.InvalidValueError, match="severities is 'critcal'; give one of critical, major, minor"):
        sla.AlarmFilter({"critcal"})


def test_a_filter_reads_its_texts_in_any_case() -> None:
    """Equal filters are equal however they were written, and they are values."""
    written = sla.AlarmFilter({"CRITICAL"}, excluded_alarm_types=["Test"], excluded_statuses=["SUPPRESSED"])
    assert written == sla.AlarmFilter({sla.Severity.CRITICAL}, {"test"}, {"suppressed"})
    assert pickle.loads(pickle.dumps(written)) == written  # noqa: S301 - our own bytes
    assert hash(written) == hash(sla.AlarmFilter(["critical"], ["test"], ["suppressed"]))


def test_critical_and_major_alarms_of_any_type_and_status_qualify_by_default() -> None:
    """A suppressed alarm may be a real outage."""
    rows = [
        sla.Alarm(at(8), severity=severity, status="suppressed", alarm_type="los")
        for severity in ("critical", "MAJOR", "minor", "warning", "info", "cleared")
    ]
    qualifying = sla.AlarmBatch.from_alarms(rows).qualifying(sla.AlarmFilter())
    assert qualifying.columns["severity"] == ("critical", "major")


def test_excluded_types_and_statuses_do_not_qualify() -> None:
    """In any case; a row that says neither stays."""
    rows = [
        sla.Alarm(at(8), id=1, alarm_type="TEST"),
        sla.Alarm(at(8), id=2, status="Suppressed"),
        sla.Alarm(at(8), id=3, alarm_type="los", status="active"),
        sla.Alarm(at(8), id=4),
    ]
    wanted = sla.AlarmFilter(excluded_alarm_types={"test", "none"}, excluded_statuses={"suppressed"})
    assert sla.AlarmBatch.from_alarms(rows).qualifying(wanted).columns["id"] == (3, 4)


def test_a_batch_describes_alarms_by_what_is_no_bound_of_theirs() -> None:
    """When an alarm was raised, over and last seen is its interval; the rest of the row describes it."""
    alarm = sla.Alarm(
        at(8), at(9), id=1, resolved_at=at(9), last_occurrence=at(9), acknowledged_at=at(9), updated_at=at(9)
    )
    batch = sla.AlarmBatch.from_alarms([alarm])
    assert {"severity", "id", "acknowledged_at", "updated_at"} <= batch.columns.keys()
    assert not {"first_occurrence", "cleared_at", "resolved_at", "last_occurrence"} & batch.columns.keys()


def test_a_batch_is_judged_by_the_columns_it_carries() -> None:
    """A source that filtered already need not repeat the severity."""
    batch = sla.AlarmBatch.from_columns(starts_us=[0], ends_us=[1])
    wanted = sla.AlarmFilter(excluded_alarm_types={"test"}, excluded_statuses={"suppressed"})
    assert batch.qualifying(wanted) == batch


def test_an_alarm_is_a_plain_row() -> None:
    """Frozen, comparable, unchecked: the gate checks."""
    row = sla.Alarm(at(8), severity="CRITICAL", id=7)
    assert row == sla.Alarm(at(8), severity="CRITICAL", id=7)
    with pytest.raises(AttributeError):
        row.id = 8  # type: ignore[misc]
    assert sla.Alarm("nonsense").first_occurrence == "nonsense"  # type: ignore[arg-type]
