"""Rows that are over and do not say when: which they are, and by when other rows say they were over."""

from __future__ import annotations

from typing import Any

import pytest

from sla_compliance.undated_rows import bounds_by_other_facts, rows_over_without_time
from sla_compliance.validation import STILL_ACTIVE_US


def bounds(starts: list[int], *rows: int, ignored: tuple[int, ...] = (), **columns: Any) -> dict[int, int | None]:
    """Return by when rows were over, of alarms that start so and have these columns."""
    return bounds_by_other_facts(rows, starts, columns, ignored)


@pytest.mark.parametrize(
    ("ends", "columns", "rows"),
    [
        ([STILL_ACTIVE_US, STILL_ACTIVE_US, 7], {"status": ("Resolved", "open", "resolved")}, [0]),
        ([STILL_ACTIVE_US, STILL_ACTIVE_US], {"status": ("open", None)}, []),
        ([5, 7], {"status": ("cleared", "cleared")}, []),
        ([STILL_ACTIVE_US], {}, []),
    ],
    ids=["over without an end", "none says over", "all have an end", "no status at all"],
)
def test_rows_are_undated_that_say_over_and_have_no_end(
    ends: list[int], columns: dict[str, Any], rows: list[int]
) -> None:
    """Both: a status of over, in any case, and no end."""
    assert rows_over_without_time(ends, columns) == rows


def test_the_next_row_of_an_alarm_bounds_it() -> None:
    """Strictly later rows of the same alarm_id, in any order; a row that is the last has no bound."""
    starts = [10, 40, 30, 10, 5]
    alarm_ids = ("a", "a", "a", "a", "a")
    assert bounds(starts, 0, 2, 1, alarm_id=alarm_ids) == {0: 30, 2: 40, 1: None}
    assert bounds(starts, 0, ignored=(2,), alarm_id=alarm_ids) == {0: 40}


def test_a_row_without_an_alarm_id_is_known_by_its_resource() -> None:
    """One with an alarm_id is not, even where none follows it."""
    columns: dict[str, Any] = {"alarm_id": ("a", None, None, None), "resource_id": ("r", "r", "r", None)}
    assert bounds([10, 20, 30, 40], 0, 1, 3, **columns) == {0: None, 1: 30, 3: None}


def test_resources_are_looked_at_where_no_row_in_question_has_an_alarm_id() -> None:
    """Whether the column is empty there, or missing."""
    resources = ("r", "r")
    assert bounds([10, 30], 0, alarm_id=(None, "a"), resource_id=resources) == {0: 30}
    assert bounds([10, 30], 0, resource_id=resources) == {0: 30}


def test_alarms_of_several_tenants_are_kept_apart() -> None:
    """One alarm_id of two tenants is two alarms."""
    columns: dict[str, Any] = {"alarm_id": ("a", "a", "a"), "tenant_id": ("t1", "t2", "t1")}
    assert bounds([10, 20, 30], 0, **columns) == {0: 30}


def test_the_earliest_bound_counts_that_is_not_before_the_start() -> None:
    """A write at the very start says that the row has no length; an earlier one says nothing."""
    columns: dict[str, Any] = {"alarm_id": ("a", "a"), "updated_at": (20, None)}
    assert bounds([10, 30], 0, **columns) == {0: 20}
    assert bounds([20, 30], 0, **columns) == {0: 20}
    assert bounds([21, 30], 0, **columns) == {0: 30}
    assert bounds([31, 40], 1, **columns) == {1: None}


def test_a_source_may_know_a_next_row_that_it_does_not_return() -> None:
    """It counts like the others; the earliest does."""
    columns: dict[str, Any] = {"alarm_id": ("a", "b", "a")}
    known = [25, 50, None]
    assert bounds_by_other_facts([0, 1, 2], [10, 20, 30], columns, (), known) == {0: 25, 1: 50, 2: None}
