"""The public contract: names that others build on."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

import sla_compliance as sla

CONTRACT = {
    "Alarm", "Severity", "AlarmBatch", "AlarmFilter", "AlarmSource", "AsyncAlarmSource",
    "Scope", "State", "Counts", "Accounting", "Verdict", "Period", "MaintenanceKind",
    "SLAPolicy", "PlannedWork", "MaintenanceWindow", "Exclusion", "ServiceHours",
    "Bounds", "Doubt", "DoubtCause", "Inventory", "Unit", "Correction",
    "evaluate", "evaluate_each", "ComplianceReport", "ComplianceRecord", "Incident",
    "parse_timestamp", "whole_days", "SLAComplianceError", "intervals",
    "alarms_from_rows", "alarms_from_frame", "alarms_from_changes",
}  # fmt: skip


def test_every_name_of_the_contract_is_public() -> None:
    """Names may be added, none may go."""
    assert set(sla.__all__) >= CONTRACT


def test_all_lists_each_public_name_once_and_in_order() -> None:
    """`__all__` is the truth about the package: sorted, without repeats, all of it there."""
    assert list(sla.__all__) == sorted(set(sla.__all__))
    assert [name for name in sla.__all__ if not hasattr(sla, name)] == []


@pytest.mark.parametrize("name", [name for name in sla.__all__ if not inspect.ismodule(getattr(sla, name))])
def test_every_public_name_says_what_it_is(name: str) -> None:
    """`help(sla.X)` answers."""
    assert inspect.getdoc(getattr(sla, name))


@pytest.mark.parametrize(
    ("function", "positional"),
    [
        (sla.evaluate, 1),
        (sla.evaluate_each, 1),
        (sla.SLAPolicy, 1),
        (sla.whole_days, 2),
        (sla.alarms_from_rows, 1),
        (sla.alarms_from_frame, 1),
        (sla.alarms_from_changes, 1),
        (sla.Unit, 1),
        (sla.Correction, 1),
    ],
)
def test_arguments_of_one_type_are_given_by_name(function: Callable[..., object], positional: int) -> None:
    """Nobody can swap start and end by position."""
    kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
    assert kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD) == positional
    assert inspect.Parameter.VAR_POSITIONAL not in kinds
