"""The timeline alone: lines that are cut into several, keys without alarms, policies that it does not cover."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

import sla_compliance as sla
from sla_compliance.evaluation import EvaluationArguments
from sla_compliance.record_columns import record_columns
from sla_compliance.timeline import line
from sla_compliance.timeline.days import days_of_keys, is_unseen, objection_to
from sla_compliance.timeline.line import KeyedTimes
from sla_compliance.units import HOUR_US, moment
from sla_compliance.verdicts import Verdict

START_US = 1_760_000_000_000_000 - 1_760_000_000_000_000 % (24 * HOUR_US)
DAY_US = 24 * HOUR_US
KEYS = 7
VERDICTS = list(map(str, Verdict))


def arguments(**changes: Any) -> EvaluationArguments:
    """Return terms of ten days, the last of which is not over."""
    terms: dict[str, Any] = {
        "start": moment(START_US),
        "end": moment(START_US + 10 * DAY_US),
        "zone": "America/New_York",
        "as_of": moment(START_US + 9 * DAY_US + 5),
        **changes,
    }
    return EvaluationArguments(**terms)


def drawn_times(seed: int, rows: int) -> KeyedTimes:
    """Return alarms of all keys but the last, to the microsecond, with ties, duplicates, some long and some empty."""
    source = np.random.default_rng(seed)
    starts = START_US + source.integers(-2 * DAY_US, 11 * DAY_US, rows)
    starts[::5] -= starts[::5] % HOUR_US
    lengths = source.integers(0, 3 * HOUR_US, rows)
    lengths[::7] = HOUR_US
    lengths[::11] = 4 * DAY_US
    lengths[::13] = 0
    ends = starts + lengths
    ends[::17] = 2**62  # still active
    starts[1::19], ends[1::19] = starts[::19][: len(starts[1::19])], ends[::19][: len(ends[1::19])]
    return KeyedTimes(source.integers(0, KEYS - 1, rows), starts, ends)


def days_by_core(terms: EvaluationArguments, times: KeyedTimes, key: int) -> dict[str, list[Any]]:
    """Return the days of one key, as the core finds them; alarms were seen just now."""
    is_here = times.ranks == key
    batch = sla.AlarmBatch.from_columns(
        starts_us=times.starts_us[is_here].tolist(),
        ends_us=[None if end == 2**62 else end for end in times.ends_us[is_here].tolist()],
        last_occurrences_us=[terms.as_of_us] * int(is_here.sum()),
    )
    columns = record_columns(terms.report(batch).days, is_input_in_doubt=False)
    return {column.name: list(column.values) for column in columns}


def assert_days_are_those_of_the_core(terms: EvaluationArguments, times: KeyedTimes, keys: int = KEYS) -> None:
    """Compare each figure of each key."""
    rule = terms.ledger_rule(terms.contract, sla.AlarmBatch())
    assert objection_to(rule) == ""
    seen = []
    for first, days in days_of_keys(rule, times, keys):
        for offset in range(len(days.uptime_us)):
            expected = days_by_core(terms, times, first + offset)
            assert days.uptime_us[offset].tolist() == expected["uptime_us"]
            assert days.downtime_us[offset].tolist() == expected["downtime_us"]
            assert [VERDICTS[rank] for rank in days.verdicts[offset]] == expected["verdict"]
            assert days.is_confirmed[offset].tolist() == expected["is_confirmed"]
            seen.append(first + offset)
    assert seen == list(range(keys))


POLICIES = [
    sla.SLAPolicy(),
    sla.SLAPolicy(
        "50", merge_gap=timedelta(minutes=40), min_outage=timedelta(hours=1), accounting=sla.Accounting.GROSS
    ),
    sla.SLAPolicy("99", min_outage=timedelta(microseconds=HOUR_US + 1), unknown="excluded", minimum_coverage="0.6"),
    sla.SLAPolicy("90", merge_gap=timedelta(microseconds=2), unknown="excluded"),
]
MONITORED = [
    (moment(START_US - DAY_US), moment(START_US + 3 * DAY_US + 7)),
    (moment(START_US + 5 * DAY_US), moment(START_US + 20 * DAY_US)),
]
HOURS = sla.ServiceHours.weekly({"mon-fri": "08:00-18:00"})


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    "terms", [{}, {"monitored": MONITORED, "service_hours": HOURS}, {"maintenance": MONITORED[:1]}]
)
def test_days_are_those_of_the_core(policy: sla.SLAPolicy, terms: dict[str, Any]) -> None:
    """To the microsecond, with a clock change of nobody's concern, open alarms, ties, duplicates and as_of inside."""
    assert_days_are_those_of_the_core(arguments(policy=policy, **terms), drawn_times(1, 400))


@pytest.mark.parametrize("keys_on_line", [1, 2, 3])
def test_several_lines(monkeypatch: pytest.MonkeyPatch, keys_on_line: int) -> None:
    """Keys that do not fit on one line stand on several, and downtime is handed out in parts."""
    terms = arguments(policy=POLICIES[1])
    span_us = 11 * DAY_US
    monkeypatch.setattr(line, "_LONGEST_LINE_US", span_us * keys_on_line)
    monkeypatch.setattr(line, "_LENGTHS_AT_ONCE", 2 * len(terms.frame.edges_us))
    monkeypatch.setattr(line, "_ROWS_AT_ONCE", 16)
    assert_days_are_those_of_the_core(terms, drawn_times(2, 300))


@pytest.mark.parametrize("has_polars", [True, False])
def test_many_alarms(monkeypatch: pytest.MonkeyPatch, has_polars: bool) -> None:
    """Many alarms are sorted by Polars, and without it by numpy."""
    monkeypatch.setattr(line, "_FEWEST_FOR_POLARS", 100)
    if not has_polars:
        monkeypatch.setitem(__import__("sys").modules, "polars", None)
    assert_days_are_those_of_the_core(arguments(), drawn_times(3, 300))


def test_no_alarms_and_no_time() -> None:
    """Keys without an alarm are up; before the window has begun nothing is known of it; an empty window has no day."""
    none = KeyedTimes(*(np.array([], dtype=np.int64) for _ in range(3)))
    assert_days_are_those_of_the_core(arguments(), none)
    assert_days_are_those_of_the_core(arguments(as_of=moment(START_US - 9 * DAY_US)), drawn_times(4, 100))
    assert_days_are_those_of_the_core(arguments(end=moment(START_US)), drawn_times(5, 100))


def test_unseen_alarms_end_optimistically() -> None:
    """An open alarm that nothing has seen for more than a week ends, in the optimistic reading, when it was seen."""
    terms = arguments(policy=sla.SLAPolicy("99"))
    starts = np.array([START_US + HOUR_US, START_US + HOUR_US], dtype=np.int64)
    ends = np.array([2**62, 2**62], dtype=np.int64)
    sights = np.array([terms.as_of_us - 7 * DAY_US, terms.as_of_us - 7 * DAY_US - 1], dtype=np.int64)
    assert is_unseen(starts, ends, sights, terms.as_of_us).tolist() == [False, True]
    times = KeyedTimes(np.array([0, 1]), starts, ends)
    rule = terms.ledger_rule(terms.contract, sla.AlarmBatch())
    ((_, days),) = days_of_keys(rule, times, 2, np.where([False, True], sights, ends))
    for key in (0, 1):
        batch = sla.AlarmBatch.from_columns(
            starts_us=[int(starts[key])], ends_us=[None], last_occurrences_us=[int(sights[key])]
        )
        confirmed = [record.is_confirmed for record in terms.report(batch).days]
        assert days.is_confirmed[key].tolist() == confirmed
    assert not days.is_confirmed[1].all()
    assert days.is_confirmed[0].any()


@pytest.mark.parametrize(
    ("changes", "objection"),
    [
        ({"policy": sla.SLAPolicy(stale_after=timedelta(days=1))}, "policy.stale_after"),
        (
            {"policy": sla.SLAPolicy(planned_work=sla.PlannedWork(excuses="caused"))},
            "policy.planned_work excuses what it caused",
        ),
        ({"monitor_gap": timedelta(minutes=5)}, "monitor_gap"),
        (
            {"maintenance": [sla.MaintenanceWindow(moment(0), moment(1), applies_to={"resource_id": ["r1"]})]},
            "exclusions of some alarms only",
        ),
        ({"policy": sla.SLAPolicy("99.999999")}, "policy.target_percentage has many decimals"),
        (
            {"policy": sla.SLAPolicy(merge_gap=timedelta(days=400 * 36_600))},
            "policy.merge_gap or policy.min_outage of many thousand years",
        ),
        (
            {"policy": sla.SLAPolicy(unknown="excluded", minimum_coverage="0.3333333333")},
            "policy.minimum_coverage has many decimals",
        ),
    ],
)
def test_what_it_does_not_cover(changes: dict[str, Any], objection: str) -> None:
    """It says why; 64 bits hold the products that verdicts compare up to a certain precision."""
    terms = arguments(**changes)
    assert objection_to(terms.ledger_rule(terms.contract, sla.AlarmBatch())) == objection


def test_the_finest_target_that_it_covers() -> None:
    """A target of five decimals, with days of all lengths of downtime up to the whole day."""
    assert_days_are_those_of_the_core(arguments(policy=sla.SLAPolicy("99.99999")), drawn_times(6, 200))
