"""Records as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from sla_compliance.outlets.csv import records_csv


def test_nested_values_get_a_column_each_and_lists_are_joined() -> None:
    """A record that lacks a column leaves it empty."""
    records: list[dict[str, object]] = [{"a": 1, "b": {"x": 2.5, "y": None}, "c": ["one", "two"]}, {"a": 3}]
    assert records_csv(records) == "a,b.x,b.y,c\n1,2.5,,one; two\n3,,,\n"


def test_no_record_is_no_text() -> None:
    """Without a record nobody knows the columns."""
    assert records_csv([]) == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_texts_that_spreadsheets_would_compute_are_disarmed(text: str) -> None:
    """Names come from elsewhere."""
    header, row = csv.reader(io.StringIO(records_csv([{"name": text}]), newline=""))
    assert (header, row) == (["name"], ["'" + text.replace("\r", "\n")])


def test_negative_numbers_stay_numbers() -> None:
    """Only texts can be formulas."""
    assert records_csv([{"n": -1.5}]) == "n\n-1.5\n"
