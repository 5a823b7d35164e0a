"""Laws of analyses, in tiny worlds: what cost a period, what is left of it, how reliable it was, how it compares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

from hypothesis import assume, event, given
from hypothesis import strategies as st

from sla_compliance import Alarm, Period, Verdict, evaluate
from sla_compliance.analysis import (
    Statement,
    attribution,
    budget,
    burn_rate,
    decisive_incidents,
    difference,
    effect_us,
    projected_budget,
    reliability,
    restate,
    statement,
    trend,
)
from sla_compliance.analysis.decisive import outage_costs_us
from sla_compliance.analysis.slack import cost_us
from sla_compliance.counted_downtime import counted_downtime
from sla_compliance.intervals import IntervalSet
from sla_compliance.report import ComplianceReport
from sla_compliance.testing.evaluation import alarms_of, keywords_of, report_of
from sla_compliance.testing.oracle.world import World
from sla_compliance.testing.worlds import Aspect, worlds
from sla_compliance.units import moment
from sla_compliance.verdicts import is_over

MICROSECOND = timedelta(microseconds=1)
COLUMNS = st.sampled_from(("id", "resource_id", "customer_id"))


def _named(world: World) -> World:
    """Return a world under a named accounting: a custom one may count as down what no alarm takes down."""
    return replace(world, terms=replace(world.terms, recounted=()))


def _evaluated(world: World, alarms: Iterable[Alarm], **changes: Any) -> ComplianceReport:
    return evaluate(alarms, on_invalid="quarantine", **{**keywords_of(world), **changes})


def _times_alone(undamped: ComplianceReport, rows: Sequence[int]) -> IntervalSet:
    """Return the instants at which some qualifying rows alone would count as down."""
    times = undamped.measurement.times
    alone = replace(
        times,
        starts_us=[times.starts_us[row] for row in rows],
        ends_us=[times.ends_us[row] for row in rows],
        excluded_by=None if times.excluded_by is None else tuple(times.excluded_by[row] for row in rows),
    )
    return counted_downtime(undamped.measurement.rule.measure(alone).ledger, undamped.accounting)


@given(worlds(Aspect.TARGETED) | worlds(), COLUMNS)
def test_shares_are_those_of_each_key_alone_and_owned_time_is_a_partition(world: World, by: str) -> None:
    world = _named(world)
    report = report_of(world)
    result = attribution(report, by=by)
    down = counted_downtime(report.ledger, report.accounting)
    assert down.total_us == result.down_us == report.total.downtime_us
    column = report.qualifying.key_column(by)
    rows_by_key: dict[Hashable, list[int]] = defaultdict(list)
    for row, key in enumerate(column):
        rows_by_key[key].append(row)
    undamped = report_of(replace(world, terms=replace(world.terms, merge_gap=0, min_outage=0)))
    times_by_key = {key: _times_alone(undamped, rows) for key, rows in rows_by_key.items()}
    shares = {share.key: share for share in result.rows}
    for key, times in times_by_key.items():
        others = IntervalSet.union(other_times for other, other_times in times_by_key.items() if other != key)
        gross, unique = times & down, (times & down) - others
        if key not in shares:
            assert not gross
            continue
        share = shares[key]
        assert (share.gross_us, share.unique_us) == (gross.total_us, unique.total_us)
        assert share.unique_us <= share.owned_us <= share.gross_us <= result.down_us
    assert sum(share.owned_us for share in result.rows) + result.bridged_us == result.down_us
    assert sum(share.unique_us for share in result.rows) <= result.down_us
    event(f"shared: {any(share.shared_us for share in result.rows)}, bridged: {result.bridged_us > 0}")


@given(worlds(Aspect.TARGETED) | worlds(), COLUMNS)
def test_without_damping_the_effect_of_a_key_is_its_unique_time(world: World, by: str) -> None:
    world = _named(replace(world, terms=replace(world.terms, merge_gap=0, min_outage=0)))
    report = report_of(world)
    for share in attribution(report, by=by).rows:
        assert effect_us(report, [share.key], by=by) == share.unique_us


@given(worlds(), COLUMNS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_gross_or_unique_time(world: World, by: str, random: Any) -> None:
    rows = list(world.rows)
    random.shuffle(rows)
    shuffled = replace(world, rows=tuple(rows))
    shares = [
        {
            share.key: (share.gross_us, share.unique_us, share.alarms)
            for share in attribution(report_of(each), by=by).rows
        }
        for each in (world, shuffled)
    ]
    assert shares[0] == shares[1]


@given(worlds(Aspect.TARGETED) | worlds(Aspect.MONITOR_GAP) | worlds())
def test_the_decisive_incidents_are_the_fewest_without_which_the_target_is_kept(world: World) -> None:
    report = report_of(world)
    for record in (report.total, *report.days):
        decisive = decisive_incidents(report, record)
        if record.verdict is Verdict.UNDETERMINED:
            assert decisive is None
            continue
        if report.accounting.name == "CUSTOM" and not is_over(record.cells_us):
            # It may count time to come as down although it is up: then the verdict is not that of the best case.
            assert record.verdict is Verdict.BREACHED or decisive == ()
            continue
        down = report.ledger.down
        meeting = [
            rank
            for rank in range(len(down))
            if down.starts_us[rank] < record.end_us and down.ends_us[rank] > record.start_us
        ]
        enough = (
            count
            for count in range(len(meeting) + 1)
            if any(_is_kept_without(report, record, ranks) for ranks in combinations(meeting, count))
        )
        fewest = next(enough, None)
        if fewest is None:
            # A custom accounting counts as down what no outage takes down.
            assert decisive is None
            continue
        assert decisive is not None
        assert len(decisive) == fewest
        ranks = [down.starts_us.index(incident.start_us) for incident in decisive]
        assert _is_kept_without(report, record, ranks)
        event(f"decisive: {min(fewest, 3)}")


def _is_kept_without(report: ComplianceReport, record: Any, ranks: Iterable[int]) -> bool:
    """Return whether a record were not breached without some outages, measured again without them."""
    ledger = report.ledger
    gone = IntervalSet.from_pairs([(ledger.down.starts_us[rank], ledger.down.ends_us[rank]) for rank in ranks])
    without = replace(
        ledger,
        down=ledger.down - gone,
        excused_by_maintenance=ledger.excused_by_maintenance - gone,
        excused_otherwise=ledger.excused_otherwise - gone,
    )
    cells_us = without.cells_us(record.start_us, record.end_us)
    return replace(record, cells_us=cells_us).verdict is not Verdict.BREACHED


@given(worlds())
def test_more_downtime_never_lowers_what_has_to_be_saved(world: World) -> None:
    # Unmonitored planned work is unknown, but under EXCUSED an outage seen in it counts as up.
    report = report_of(replace(_named(world), monitored=None))
    total = report.total
    if total.verdict is not Verdict.BREACHED:
        return
    down = report.ledger.down
    assert all(cost >= 0 for cost in outage_costs_us(report, total, range(len(down))))


@given(worlds())
def test_an_outage_costs_what_its_time_would_be_worth_without_it(world: World) -> None:
    # The oracle measures each outage in two ledgers, with and without it.
    report = report_of(_named(world))
    total, ledger = report.total, report.ledger
    ranks = ledger.down.pieces_meeting(total.start_us, total.end_us)
    expected = [
        cost_us(total, ledger.without_downtime, ledger, ledger.down.starts_us[rank], ledger.down.ends_us[rank])
        for rank in ranks
    ]
    assert outage_costs_us(report, total, ranks) == expected


def _continued(world: World, until: datetime | None) -> ComplianceReport:
    """Return the report of a world once it is over, if one outage lasted from as_of to `until` and nothing after it."""
    as_of = world.place.at(world.as_of)
    return _continued_with(world, [(as_of, until)] if until is not None and until > as_of else [])


def _continued_with(world: World, outages: Iterable[tuple[datetime, datetime]]) -> ComplianceReport:
    """Return the report of a world once it is over, if some outages were added and nothing else came."""
    place = world.place
    as_of = place.at(world.as_of)
    severity = min(world.terms.severities)
    report = report_of(world)
    rows = enumerate(report.measurement.times.ends_us)
    known = [
        replace(
            report.qualifying.alarm(row), cleared_at=moment(min(end_us, report.as_of_us)), resolved_at=None, status=None
        )
        for row, end_us in rows
        if report.qualifying.starts_us[row] < report.as_of_us
    ]
    far = place.at(world.window[1] + world.as_of + 2_000)
    more = [Alarm(start, end, severity=severity) for start, end in outages]
    # Time to come is taken to be watched.
    monitored = keywords_of(world).get("monitored")
    watched = None if monitored is None else [*monitored, (as_of, far)]
    return _evaluated(world, [*known, *more], as_of=far, monitored=watched)


def _in_progress(world: World) -> World:
    """Return a world whose alarms are not judged by their age, for time goes on in it, under a named accounting."""
    return _named(replace(world, terms=replace(world.terms, stale_after=None)))


@given(worlds() | worlds(Aspect.CAUSED_WORK))
def test_an_outage_until_the_deadline_keeps_the_target_and_a_microsecond_more_loses_it(world: World) -> None:
    world = _in_progress(world)
    as_of, end = world.place.at(world.as_of), world.place.at(world.window[1])
    assume(world.place.at(world.window[0]) <= as_of < end)
    report = report_of(world)
    answer = budget(report)
    assert answer.allowed_us == answer.spent_us + answer.left_us
    if report.total.verdict is Verdict.BREACHED:
        assert answer.deadline is None
        assert answer.left_us < 0
        return
    if answer.deadline is None:
        long_after = end + (world.terms.min_outage + 1) * world.place.unit
        assert _continued(world, long_after).total.verdict is not Verdict.BREACHED
        event("cannot be lost")
        return
    event("deadline")
    assert answer.deadline >= as_of
    assert _continued(world, answer.deadline).total.verdict is not Verdict.BREACHED
    assert _continued(world, answer.deadline.astimezone(UTC) + MICROSECOND).total.verdict is Verdict.BREACHED


@given(worlds() | worlds(Aspect.CAUSED_WORK), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=3))
def test_a_projection_is_what_comes_of_it_once_time_is_over(world: World, spans: list[tuple[int, int]]) -> None:
    """Each outage is as many units after the instant of evaluation, and as long."""
    world = _in_progress(world)
    as_of, unit = world.place.at(world.as_of), world.place.unit
    assume(as_of < world.place.at(world.window[1]))
    outages = [(as_of + after * unit, as_of + (after + length) * unit) for after, length in spans]
    report, over = report_of(world), _continued_with(world, outages)
    for record, record_then in zip((report.total, *report.days), (over.total, *over.days), strict=True):
        projection = projected_budget(report, outages, record)
        assert projection.verdict is record_then.verdict
        assert projection.record.downtime_us == record_then.downtime_us
        assert projection.left_us == budget(over, record_then).left_us
        event(f"{projection.verdict}, added: {projection.added_us > 0}")


@given(worlds(), st.integers(0, 40))
def test_the_availability_at_the_end_lies_between_best_and_worst(world: World, length: int) -> None:
    world = _in_progress(replace(world, terms=replace(world.terms, merge_gap=0, min_outage=0)))
    as_of = world.place.at(world.as_of)
    assume(as_of < world.place.at(world.window[1]))
    answer = budget(report_of(world))
    availability = _continued(world, as_of + length * world.place.unit).total.availability_ratio
    if availability is not None and answer.best_ratio is not None and answer.worst_ratio is not None:
        assert answer.worst_ratio <= availability <= answer.best_ratio


@given(worlds())
def test_one_more_outage_never_moves_the_deadline_later(world: World) -> None:
    world = _in_progress(world)
    assume(world.as_of < world.window[1])
    assume(world.rows)
    fewer = replace(world, rows=world.rows[1:], terms=replace(world.terms, merge_gap=0, min_outage=0))
    more = replace(world, terms=fewer.terms)
    deadline, earlier = budget(report_of(fewer)).deadline, budget(report_of(more)).deadline
    if deadline is not None and earlier is not None:
        assert earlier <= deadline


@given(worlds())
def test_a_budget_of_time_that_is_over_is_that_to_date(world: World) -> None:
    report = report_of(replace(world, as_of=max(world.as_of, world.window[1])))
    for record in (report.total, *report.days):
        answer = budget(report, record)
        assert answer.deadline is None
        assert (answer.remaining_ratio is not None and answer.remaining_ratio < 0) == (
            record.is_breached and record.target_ratio < 1
        )
        if answer.to_date_ratio is not None:
            assert answer.remaining_ratio == answer.to_date_ratio


@given(worlds(), st.integers(1, 30))
def test_a_burn_rate_is_the_share_down_over_the_share_allowed(world: World, length: int) -> None:
    start = max(world.window[0], world.as_of - length)
    assume(start < min(world.as_of, world.window[1]))
    assume(world.as_of - start == length)
    report = report_of(world)
    place = world.place
    part = _evaluated(
        world, alarms_of(world), start=place.at(start), end=place.at(min(world.as_of, world.window[1]))
    ).total
    rate = burn_rate(report, length * place.unit)
    availability = part.availability_ratio
    if availability is None:
        assert rate is None
    else:
        assert rate == (1 - availability) / (1 - report.target_ratio)


@given(worlds() | worlds(Aspect.TARGETED))
def test_availability_is_mean_up_over_mean_up_and_mean_down(world: World) -> None:
    report = report_of(world)
    restorations = 0
    for record in report.days:
        figures = reliability(report, record)
        restorations += figures.restorations
        if figures.mean_up_us is not None and figures.mean_down_us is not None:
            assert record.availability_ratio == figures.mean_up_us / (figures.mean_up_us + figures.mean_down_us)
            assert figures.mean_between_us == figures.mean_up_us + figures.mean_down_us
        else:
            assert figures.failures == 0
        assert (figures.mttr_us is None) == (figures.restorations == 0)
        if figures.median_us is not None and figures.p95_us is not None and figures.longest_us is not None:
            assert figures.median_us <= figures.p95_us <= figures.longest_us
    # Each outage that is over is restored on one day, and one alone.
    whole = reliability(report)
    assert restorations == whole.restorations
    assert whole.restorations + whole.still_open <= len(report.incidents())


@given(worlds())
def test_equal_periods_differ_by_nothing_and_a_change_read_backwards_has_the_other_sign(world: World) -> None:
    report = report_of(world)
    for change in trend(report, Period.DAY):
        if change.points is None:
            continue
        assert change.before is not None
        availability, before = change.record.availability_ratio, change.before.availability_ratio
        assert availability is not None
        assert before is not None
        assert change.points == Fraction(100) * (availability - before)
        if change.record.segments == change.before.segments:
            assert change.points == 0


def _issued(report: ComplianceReport, world: World) -> Statement:
    far = world.place.at(world.as_of + 10_000)
    return statement(report, tenant="acme", issued_at=far, issued_by="job", provisional=True)


@given(worlds(Aspect.TARGETED) | worlds(), st.randoms(use_true_random=False))
def test_the_digest_of_an_input_depends_on_no_order_and_on_no_row_that_does_not_count(
    world: World, random: Any
) -> None:
    report = report_of(world)
    first = _issued(report, world)
    rows = [row for row in world.rows if row.severity in world.terms.severities]
    assume(not any(window.with_children for window in world.windows))
    assume(all(row.severity in ("critical", "major", "minor") for row in world.rows))
    random.shuffle(rows)
    again = _issued(report_of(replace(world, rows=tuple(rows))), world)
    assert again.input_digest == first.input_digest
    assert restate(first, report, issued_at=world.place.at(world.as_of + 10_000), issued_by="job", reason="r") is first


@given(worlds(), worlds())
def test_a_digest_differs_where_a_line_does_and_differences_of_a_day_sum_to_nothing(world: World, other: World) -> None:
    changed = replace(world, rows=other.rows)
    first, second = (_issued(report_of(each), world) for each in (world, changed))
    assert (first.input_digest == second.input_digest) == (first.lines == second.lines)
    change = difference(first, second)
    for _, cells in change.days:
        assert sum(cells.values()) == 0
    if first.lines == second.lines:
        assert not change.days
        event("equal lines")
