"""evaluate() and evaluate_each()."""

from __future__ import annotations

import inspect
from dataclasses import MISSING, fields, replace
from typing import Any, NotRequired, get_origin, get_type_hints

import pytest

import sla_compliance as sla
from sla_compliance import compliance
from sla_compliance.compliance import EvaluationArguments, EvaluationKeywords
from sla_compliance.intervals import IntervalSet
from tests.unit.moments import DAY_US, HOUR_US, at, report_of, us

ARGUMENTS: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(9)}


def test_each_key_of_an_inventory_has_a_report() -> None:
    """Also where no alarm names it; rows without the key stand under None."""
    alarms = [sla.Alarm(at(8, 1), at(8, 2), resource_id="r1"), sla.Alarm(at(8, 3), at(8, 5))]
    each = sla.evaluate_each(alarms, inventory=["r2", "r1"], **ARGUMENTS)
    assert {key: report.total.downtime_us // HOUR_US for key, report in each.items()} == {"r2": 0, "r1": 1, None: 2}


def test_alarms_may_be_grouped_by_any_column() -> None:
    """Customers, circuits."""
    alarms = [sla.Alarm(at(8, hour), at(8, hour + 1), customer_id=f"c{hour % 2}") for hour in range(3)]
    each = sla.evaluate_each(alarms, by="customer_id", **ARGUMENTS)
    assert {key: report.total.downtime_us // HOUR_US for key, report in each.items()} == {"c0": 2, "c1": 1}


def test_nothing_to_group_is_no_report() -> None:
    """Unless an inventory says what there is."""
    assert sla.evaluate_each([], **ARGUMENTS) == {}
    assert sla.evaluate_each(sla.AlarmBatch(), inventory=("r1",), **ARGUMENTS)["r1"].total.availability_ratio == 1


def test_a_key_without_alarms_is_as_unmonitored_as_its_source() -> None:
    """No perfect figure for time that the source did not observe; no bad row of another key either."""
    seen = IntervalSet((us(at(8)),), (us(at(8, 6)),))
    rows = [sla.Alarm(at(8, 1), at(8, 2), resource_id="r1"), sla.Alarm(at(8), at(7), resource_id="r1")]
    batch = replace(sla.AlarmBatch.from_alarms(rows, on_invalid="quarantine"), monitored=seen)
    quiet = sla.evaluate_each(batch, inventory=["r2"], **ARGUMENTS)["r2"]
    assert quiet.total.observed_us == 6 * HOUR_US
    assert quiet.quality.rejected == ()


def test_an_exclusion_can_match_the_alarms_that_a_quiet_key_might_have() -> None:
    """It is no fault of an exclusion that nothing happened."""
    excluded = sla.Exclusion(at(8), at(9), reason="theft", applies_to={"resource_id": "r2"})
    alarms = [sla.Alarm(at(8, 1), at(8, 2), resource_id="r1")]
    each = sla.evaluate_each(alarms, inventory=["r2"], exclusions=[excluded], **ARGUMENTS)
    assert each["r2"].quality.unmatched_exclusions == ()


def test_what_a_source_observed_cuts_what_was_monitored() -> None:
    """Both say when; only where both do is silence good news."""
    batch = replace(sla.AlarmBatch(), monitored=IntervalSet((us(at(8, 6)),), (us(at(9)),)))
    report = report_of(batch, at(8), at(9), monitored=[(at(8), at(8, 12))])
    assert report.total.observed_us == 6 * HOUR_US
    assert report.total.segments[sla.Scope.AGREED, sla.State.UNKNOWN] == DAY_US - 6 * HOUR_US


def test_an_iterable_of_alarms_can_be_quarantined() -> None:
    """A batch has passed its gate before."""
    report = sla.evaluate([sla.Alarm(at(8), at(7))], on_invalid="quarantine", **ARGUMENTS)
    assert len(report.quality.rejected) == 1
    assert report.total.availability_ratio == 1


def test_a_report_keeps_what_it_was_made_of() -> None:
    """Policy, zone, alarms as given and those that qualify."""
    policy = sla.SLAPolicy("99.5")
    report = report_of([sla.Alarm(at(8)), sla.Alarm(at(8), severity="info")], at(8), at(9), policy=policy)
    assert (report.policy, report.zone) == (policy, "UTC")
    assert (len(report.batch), len(report.qualifying)) == (2, 1)


def test_the_arguments_of_an_evaluation_stand_once() -> None:
    """evaluate() shows them, evaluate_each() types them, and both have those of EvaluationArguments."""
    defaults = {field.name: field.default for field in fields(EvaluationArguments)}
    keywords = get_type_hints(EvaluationKeywords, include_extras=True)
    assert keywords.keys() == defaults.keys()
    optional = {name for name, kind in keywords.items() if get_origin(kind) is NotRequired}
    assert optional == {name for name, value in defaults.items() if value is not MISSING}
    shown = inspect.signature(sla.evaluate).parameters
    assert {name: shown[name].default for name in defaults} == {
        name: inspect.Parameter.empty if value is MISSING else value for name, value in defaults.items()
    }
    assert shown.keys() - defaults.keys() == {"alarms", "corrections", "on_invalid"}


def test_arguments_can_be_changed_and_used_again() -> None:
    """Iterables are read once, when the arguments are checked."""
    night = (at(8, 1), at(8, 3))
    arguments = EvaluationArguments(**ARGUMENTS, maintenance=iter([night]), monitored=iter([(at(8), at(9))]))
    alarm = sla.AlarmBatch.from_alarms([sla.Alarm(at(8, 2), at(8, 4))])
    changed = replace(arguments, policy=sla.SLAPolicy("99"))
    for report in (arguments.report(alarm), changed.report(alarm)):
        assert report.total.downtime_us == HOUR_US
        assert report.gross.downtime_us == 2 * HOUR_US
    assert changed.report(alarm).total.target_percentage == 99


def test_bad_arguments_are_refused_when_they_are_put_together() -> None:
    """Not when the first report is asked for."""
    with pytest.raises(sla.InvalidIntervalError, match="^end is"):
        EvaluationArguments(**{**ARGUMENTS, "end": at(7)})
    with pytest.raises(sla.InvalidTypeError, match="^maintenance is"):
        EvaluationArguments(**ARGUMENTS, maintenance=5)  # type: ignore[arg-type]


def test_both_take_corrections() -> None:
    """Of one service and of each key."""
    alarm = sla.Alarm(at(8, 2), at(8, 4), id=7, resource_id="r1")
    shorter = sla.Correction(7, ends=at(8, 3), reason="link was up", author="NOC", entered_at=at(8, 5))
    assert sla.evaluate([alarm], corrections=[shorter], **ARGUMENTS).total.downtime_us == HOUR_US
    assert sla.evaluate_each([alarm], corrections=[shorter], **ARGUMENTS)["r1"].total.downtime_us == HOUR_US


def test_names_that_moved_are_imported_from_here_as_before() -> None:
    """With the two functions."""
    assert compliance.__all__ == ["EvaluationArguments", "EvaluationKeywords", "evaluate", "evaluate_each"]
    assert all(hasattr(compliance, name) for name in compliance.__all__)
