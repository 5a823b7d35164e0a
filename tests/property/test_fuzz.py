"""Whatever is put in, only errors of ours come out."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.intervals import IntervalSet

START, END = datetime(2025, 10, 8, tzinfo=UTC), datetime(2025, 10, 9, tzinfo=UTC)

datetimes = st.datetimes() | st.datetimes(timezones=st.timezones() | st.just(UTC))
words = st.text(max_size=9) | st.sampled_from(
    (
        "critical",
        "cleared",
        "UTC",
        "Europe",
        "2025-10-08",
        "2025-10-08T00:00:00Z",
        "9999-12-31",
        "0001-01-01",
        "1e9",
        "-0",
    )
)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | words | st.binary(max_size=4) | datetimes
    | st.dates() | st.timedeltas() | st.complex_numbers() | st.just(Decimal("1e999999999"))
    | st.sampled_from((object(), sla, sla.Alarm, timedelta.max, date.max, 10**400, 2**62))
)  # fmt: skip
junk: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(words, inner, max_size=2),
    max_leaves=6,
)
mixed = st.lists(junk | st.tuples(datetimes, datetimes), max_size=3) | junk


def changed(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return arguments of which any may be junk, and most are not given."""
    return st.fixed_dictionaries({}, optional=strategies)


INSTANT_FIELDS = ("resolved_at", "last_occurrence")


def _is_no_instant(value: Any) -> bool:
    """Return whether a value is neither a datetime nor one of the ways to say that there is none."""
    return not isinstance(value, datetime) and value is not None and value != "" and value == value  # noqa: PLR0124


allowed = contextlib.suppress(sla.SLAComplianceError)


@given(
    terms=changed(
        alarms=mixed, start=junk, end=junk, zone=junk, as_of=junk, policy=junk, maintenance=mixed, exclusions=mixed,
        service_hours=mixed, in_service=mixed, monitored=mixed, on_invalid=junk,
    )
)  # fmt: skip
def test_evaluate_raises_only_errors_of_ours(terms: dict[str, Any]) -> None:
    """Any argument may be anything."""
    whole: dict[str, Any] = {"alarms": [], "start": START, "end": END, "zone": "UTC", "as_of": END, **terms}
    with allowed:
        report = sla.evaluate(**whole)
        assert sum(report.total.cells_us) == report.ledger.end_us - report.ledger.start_us


@given(by=junk, inventory=mixed)
def test_evaluate_each_raises_only_errors_of_ours(by: Any, inventory: Any) -> None:
    """So may the key and the inventory."""
    alarms = [sla.Alarm(START, END, resource_id="r1")]
    with allowed:
        sla.evaluate_each(alarms, by=by, inventory=inventory, start=START, end=END, zone="UTC", as_of=END)


@given(
    arguments=st.lists(junk | datetimes, min_size=1, max_size=2),
    fields=changed(
        severity=junk, id=junk, alarm_id=junk, resource_id=junk, status=junk, resolved_at=junk | datetimes,
        last_occurrence=junk | datetimes, alarm_type=junk,
    ),
)  # fmt: skip
def test_a_quarantined_row_never_takes_the_others_away(arguments: list[Any], fields: dict[str, Any]) -> None:
    """Whatever one row holds, the good row beside it is evaluated and the bad one is listed.

    But for a wrong type where an instant belongs: that is the caller's mistake, in both modes.
    """
    odd, good = sla.Alarm(*arguments, **fields), sla.Alarm(START, END, id="good")
    terms: dict[str, Any] = {"start": START, "end": END, "zone": "UTC", "as_of": END}
    if any(_is_no_instant(value) for value in (*arguments, *map(fields.get, INSTANT_FIELDS))):
        with pytest.raises(sla.InvalidTypeError):
            sla.evaluate([odd, good], on_invalid="quarantine", **terms)
        return
    report = sla.evaluate([odd, good], on_invalid="quarantine", **terms)
    assert report.total.availability_ratio == 0
    assert len(report.batch) + len(report.quality.rejected) == 2
    assert report.incidents()
    assert report.quality.lines() is not None
    assert sla.evaluate_each([odd, good], on_invalid="quarantine", **terms)[None].total.availability_ratio == 0


@given(
    columns=changed(
        starts_us=mixed, ends_us=mixed, severities=mixed, ids=mixed, resource_ids=mixed, statuses=mixed,
        resolved_us=mixed, last_occurrences_us=mixed, titles=mixed, more=junk, row_names=mixed, on_invalid=junk,
        clock_skew=junk,
    )
)  # fmt: skip
def test_from_columns_raises_only_errors_of_ours(columns: dict[str, Any]) -> None:
    """Columns may be anything and hold anything."""
    with allowed:
        sla.AlarmBatch.from_columns(**{"starts_us": [0, 1], "ends_us": [1, None], **columns})


@given(first=mixed, second=mixed, k=junk)
def test_interval_sets_raise_only_errors_of_ours(first: Any, second: Any, k: Any) -> None:
    """Columns, pairs, depths and bounds."""
    for call in (
        lambda: IntervalSet.from_columns(first, second),
        lambda: IntervalSet.from_pairs(first),
        lambda: IntervalSet.at_least(k, first, second),
        lambda: IntervalSet().measure(first),
    ):
        with allowed:
            call()


@given(
    texts=st.lists(junk | datetimes.map(str), min_size=1, max_size=2),
    terms=changed(
        zone=junk | st.sampled_from(("Pacific/Apia", "America/New_York")), now=junk | datetimes, max_days=junk
    ),
)
def test_whole_days_raises_only_errors_of_ours(texts: list[Any], terms: dict[str, Any]) -> None:
    """Texts, zones, moments and limits."""
    with allowed:
        start, end = sla.whole_days(*texts, **{"zone": "UTC", "now": END, **terms})
        assert start <= end


@given(
    text=junk
    | datetimes.map(str)
    | st.from_regex(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}([.]\d{1,9})?([+-]\d{2}:\d{2}|Z)")
)
def test_parse_timestamp_raises_only_errors_of_ours(text: Any) -> None:
    """What it takes is aware."""
    with allowed:
        assert sla.parse_timestamp(text).utcoffset() is not None


@given(
    target=junk | st.floats(0, 100) | st.from_regex(r"[0-9.eE+-]{1,12}", fullmatch=True),
    terms=changed(
        qualifying=junk, accounting=junk, merge_gap=junk | st.timedeltas(), min_outage=junk | st.timedeltas(),
        stale_after=junk | st.timedeltas(), accepted_maintenance=junk,
    ),
)  # fmt: skip
def test_policies_raise_only_errors_of_ours(target: Any, terms: dict[str, Any]) -> None:
    """A policy that is made works, however long its damping."""
    with allowed:
        policy = sla.SLAPolicy(target, **terms)
        assert 0 <= policy.target_ratio <= 1
        assert len(policy.fingerprint) == len(policy.measurement_fingerprint) == 16
        report = sla.evaluate([sla.Alarm(START)], start=START, end=END, zone="UTC", as_of=END, policy=policy)
        assert "availability" in report.total.explain()
