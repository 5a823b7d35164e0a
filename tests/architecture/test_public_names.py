"""The public contract: names that others build on."""

from __future__ import annotations

import inspect

import pytest

import sla_compliance as sla

CONTRACT = {
    "Alarm", "Severity", "AlarmBatch", "AlarmFilter", "AlarmSource", "AsyncAlarmSource",
    "Scope", "State", "Counts", "Accounting", "Verdict", "Period", "MaintenanceKind",
    "SLAPolicy", "MaintenanceWindow", "Exclusion", "ServiceHours",
    "evaluate", "evaluate_each", "ComplianceReport", "ComplianceRecord", "Incident",
    "parse_timestamp", "whole_days", "SLAComplianceError", "intervals",
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
    ("function", "keyword_only"),
    [
        (sla.evaluate, {"start", "end", "zone", "as_of", "policy", "maintenance", "exclusions", "service_hours",
                        "in_service", "monitored", "on_invalid"}),
        (sla.evaluate_each, {"by", "inventory"}),
        (sla.whole_days, {"zone", "now", "max_days"}),
    ],
)  # fmt: skip
def test_arguments_of_one_type_are_given_by_name(function: object, keyword_only: set[str]) -> None:
    """Nobody can swap start and end by position."""
    assert callable(function)
    parameters = inspect.signature(function).parameters
    assert {name for name in keyword_only if parameters[name].kind is not inspect.Parameter.KEYWORD_ONLY} == set()
