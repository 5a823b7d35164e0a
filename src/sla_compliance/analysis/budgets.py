"""Error budgets: how much of the downtime that a target allows is left, and until when."""
################################################################
#     allowed = (1 - target) x counted time of the whole period, all that has not
#               come yet taken as up
#     spent   = counted downtime
#     left    = allowed - spent        the slack of slack.py; below 0: lost
#
# The budget of a period in progress is that of the whole period: half an hour down
# on the tenth of a month has not spent the month's budget because a third of the
# month has passed. `to_date_ratio` is the other figure: the budget of the time
# counted so far, for windows that end now. Where nothing is to come both are one.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Final

from sla_compliance.analysis.deadline import EndlessOutage
from sla_compliance.analysis.shown_values import (
    downtime_fact,
    first_facts,
    left_text,
    length_fact,
    percentage_down,
    percentage_fact,
    seconds_down,
)
from sla_compliance.analysis.slack import cost_us, counted_with_time_to_come_as, slack_us
from sla_compliance.drawing.preview import Preview, Previewed
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.intervals import ALWAYS_START_US
from sla_compliance.labels import State
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.units import SECOND_US, length_text, length_us, moment
from sla_compliance.verdicts import Verdict, availability_ratio, counted_us, verdict_text
from sla_compliance.zones import load_zone

MOST_ROWS_NAMED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ErrorBudget(Previewed):
    """The error budget of one period.

    Attributes:
        start, end: the period, aware, in the tenant's zone.
        as_of: the instant of evaluation, likewise; all time after it is to come.
        target_ratio: agreed availability, exact.
        allowed_us: the downtime that the target allows, microseconds, exact.
        spent_us: the counted downtime.
        left_us: allowed less spent; below 0 where the period is lost.
        remaining_ratio: left over allowed; None where nothing is allowed.
        to_date_ratio: the share left of the budget of the time counted so far; see `error_budget_remaining_ratio`.
        best_ratio, worst_ratio: the availability at the end, if all time to come is up, and if all of it is down; None
            where nothing counts.
        deadline: by when an outage that lasts now, or begins now, has to be over, if nothing else is down, or the
            period is lost; None where it is lost, over, or cannot be lost by one outage any more.
        state: the verdict on the record.
        down_since: when the outage that lasts now began; None where there is none.
        left_when_it_began_us: what was left then.
        is_confirmed: whether no doubt could change the verdict.
        because: names of the rows in doubt, those with the most time at stake first, MOST_ROWS_NAMED of them; none
            where it is confirmed.
        more_in_doubt: how many further rows are in doubt.
        last_monitored_at: the latest instant by now at which an outage would have been seen; None where there is none.
    """

    start: datetime
    end: datetime
    as_of: datetime
    target_ratio: Fraction
    allowed_us: Fraction
    spent_us: int
    left_us: Fraction
    remaining_ratio: Fraction | None
    to_date_ratio: Fraction | None
    best_ratio: Fraction | None
    worst_ratio: Fraction | None
    deadline: datetime | None
    state: Verdict
    down_since: datetime | None
    left_when_it_began_us: Fraction | None
    is_confirmed: bool
    because: tuple[str, ...]
    more_in_doubt: int
    last_monitored_at: datetime | None

    def as_dict(self) -> dict[str, object]:
        """Return the budget in JSON types: lengths in seconds rounded down, shares as percentages rounded down."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "as_of": self.as_of.isoformat(),
            "target_percentage": float(self.target_ratio * 100),
            "allowed_seconds": seconds_down(self.allowed_us),
            "spent_seconds": self.spent_us / SECOND_US,
            "left_seconds": seconds_down(self.left_us),
            "remaining_percentage": percentage_down(self.remaining_ratio),
            "to_date_percentage": percentage_down(self.to_date_ratio),
            "best_percentage": percentage_down(self.best_ratio),
            "worst_percentage": percentage_down(self.worst_ratio),
            "deadline": _text(self.deadline),
            "state": str(self.state),
            "down_since": _text(self.down_since),
            "left_when_it_began_seconds": (
                None if self.left_when_it_began_us is None else seconds_down(self.left_when_it_began_us)
            ),
            "is_confirmed": self.is_confirmed,
            "because": list(self.because),
            "more_in_doubt": self.more_in_doubt,
            "last_monitored_at": _text(self.last_monitored_at),
        }

    def explain(self) -> str:
        """Return the budget in words, one step a line."""
        lines = [
            f"{self.start.isoformat()} to {self.end.isoformat()}: target {float(self.target_ratio * 100):.15g} %"
            f" allows {length_text(floor(self.allowed_us))} down",
            f"spent {length_text(self.spent_us)}, {left_text(self.left_us)}",
        ]
        if self.down_since is not None:
            lines.append(f"down since {self.down_since.isoformat()}")
        lines.append(self._deadline_text)
        return "\n".join(lines)

    def _preview(self) -> Preview:
        in_doubt = [("row in doubt", shown(name)) for name in self.because]
        return Preview(
            heading=f"{self.start.isoformat()} to {self.end.isoformat()}",
            verdict=verdict_text(self.state, is_confirmed=self.is_confirmed),
            facts=[
                ("target", f"{float(self.target_ratio * 100):.15g} %"),
                *length_fact("allowed", self.allowed_us),
                *downtime_fact("spent", self.spent_us),
                *length_fact("left", self.left_us),
                *percentage_fact("left of the period's budget", self.remaining_ratio),
                *percentage_fact("left to date", self.to_date_ratio),
                *percentage_fact("availability at best", self.best_ratio),
                *percentage_fact("availability at worst", self.worst_ratio),
                *([] if self.down_since is None else [("down since", self.down_since.isoformat())]),
                ("deadline", self._deadline_text),
                *first_facts(in_doubt, len(in_doubt) + self.more_in_doubt),
            ],
        )

    @property
    def _deadline_text(self) -> str:
        if self.left_us < 0:
            return "the period is lost"
        if self.deadline is None:
            return "no outage from now on can lose the period by itself"
        verb = "cleared" if self.down_since is not None else "an outage from now on is cleared"
        return (
            f"lost unless {verb} by {self.deadline.isoformat()}, if nothing else is down;"
            " no targeted exclusion is reckoned with"
        )


def error_budget_remaining_ratio(record: ComplianceRecord) -> Fraction | None:
    """Return 1 - (1 - availability) / (1 - target), the share of the error budget that is left.

    The budget is that to date: the downtime that the target allows on the time counted so far, not in all of a period
    in progress. `ErrorBudget.to_date_ratio` is the same figure.

    Returns:
        Exact: 1 where nothing was lost, 0 where all of it is spent, below 0 where more is. None where there is no
        availability, and where the target is 100 %, which leaves no budget.
    Source:
        Site Reliability Engineering (Beyer et al., 2016), chapter 3. docs/definitions.md#error-budget

    >>> import datetime as dt, sla_compliance as sla
    >>> day, next_day = (dt.datetime(2025, 10, date, tzinfo=dt.UTC) for date in (8, 9))
    >>> cut = sla.Alarm(day, day + dt.timedelta(seconds=648))
    >>> report = sla.evaluate(
    ...     [cut], start=day, end=next_day, zone="UTC", as_of=next_day, policy=sla.SLAPolicy("99")
    ... )
    >>> error_budget_remaining_ratio(report.total)
    Fraction(1, 4)
    """
    availability = record.availability_ratio
    if availability is None or record.target_ratio == 1:
        return None
    return 1 - (1 - availability) / (1 - record.target_ratio)


def budget(report: ComplianceReport, record: ComplianceRecord | None = None) -> ErrorBudget:
    """Return the error budget of a report's window, or of one of its periods.

    The window has to reach to the period's end, so that agreed time to come is known: evaluate the whole month with
    `as_of` now.

    Args:
        record: one of the report's, under any target and accounting; by default that of the whole window.

    Raises:
        InvalidTypeError: `record` is no record.

    Cost: one more measurement of the alarms, and two sums of cells for each piece of time to come.

    Source:
        Site Reliability Engineering (Beyer et al., 2016), chapter 3, on the calendar period.
        docs/definitions.md#error-budget

    >>> import datetime as dt, sla_compliance as sla
    >>> first, tenth = dt.datetime(2026, 10, 1, tzinfo=dt.UTC), dt.datetime(2026, 10, 10, tzinfo=dt.UTC)
    >>> last = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    >>> cut = sla.Alarm(first, first + dt.timedelta(minutes=30))
    >>> report = sla.evaluate([cut], start=first, end=last, zone="UTC", as_of=tenth)
    >>> budget(report).deadline.isoformat()
    '2026-10-10T00:14:38.400000+00:00'
    """
    record = report.checked_record(record)
    up_us, spent_us = counted_with_time_to_come_as(State.UP, record)
    worst_up_us, worst_down_us = counted_with_time_to_come_as(State.DOWN, record)
    allowed_us = (1 - record.target_ratio) * (up_us + spent_us)
    left_us = slack_us(record)
    zone = load_zone(report.zone)
    outage_start_us, deadline_us = _outage_and_deadline(report, record, left_us)
    monitored_us = report.contract.monitored.clip(ALWAYS_START_US, report.as_of_us).ends_us
    is_confirmed = record.is_confirmed
    names_in_doubt = () if is_confirmed else _rows_in_doubt(report, record)
    return ErrorBudget(
        start=record.start,
        end=record.end,
        as_of=moment(report.as_of_us, zone),
        target_ratio=record.target_ratio,
        allowed_us=allowed_us,
        spent_us=spent_us,
        left_us=left_us,
        remaining_ratio=left_us / allowed_us if allowed_us else None,
        to_date_ratio=error_budget_remaining_ratio(record),
        best_ratio=availability_ratio(up_us, spent_us),
        worst_ratio=availability_ratio(worst_up_us, worst_down_us),
        deadline=None if deadline_us is None else moment(deadline_us, zone),
        state=record.verdict,
        down_since=None if outage_start_us is None else moment(outage_start_us, zone),
        left_when_it_began_us=None if outage_start_us is None else _left_at(report, record, outage_start_us),
        is_confirmed=is_confirmed,
        because=names_in_doubt[:MOST_ROWS_NAMED],
        more_in_doubt=max(0, len(names_in_doubt) - MOST_ROWS_NAMED),
        last_monitored_at=moment(monitored_us[-1], zone) if monitored_us else None,
    )


def burn_rate(report: ComplianceReport, lookback: timedelta) -> Fraction | None:
    """Return how many times faster than a steady use of the whole budget the last stretch of time spent it.

    1 spends exactly the budget if it goes on for the whole period.

    Args:
        lookback: how far back from the instant of evaluation, more than nothing.

    Returns:
        (downtime / counted time) / (1 - target) of that stretch, exact; None where nothing counted in it, and where the
        target is 100 %.

    Raises:
        InvalidTypeError, InvalidValueError: `lookback` is no length, or reaches before the report's window.

    Source:
        The Site Reliability Workbook (Beyer et al., 2018), chapter 5. docs/definitions.md#burn-rate
    """
    lookback_us = length_us(lookback, field="lookback")
    start_us, end_us = report.as_of_us - lookback_us, min(report.as_of_us, report.ledger.end_us)
    if not report.ledger.start_us <= start_us < end_us:
        raise InvalidValueError(
            f"lookback is {shown(lookback)}, and the window begins at {report.total.start.isoformat()}; give a length"
            " that lies between there and the instant of evaluation",
            field="lookback",
        )
    cells_us, accounting = report.ledger.cells_us(start_us, end_us), report.accounting
    up_us, down_us = counted_us(cells_us, accounting.up_cells), counted_us(cells_us, accounting.down_cells)
    availability = availability_ratio(up_us, down_us)
    if availability is None or report.target_ratio == 1:
        return None
    return (1 - availability) / (1 - report.target_ratio)


def _outage_and_deadline(
    report: ComplianceReport, record: ComplianceRecord, left_us: Fraction
) -> tuple[int | None, int | None]:
    """Return when the outage that lasts at the instant of evaluation began, and the deadline."""
    as_of_us = report.as_of_us
    if as_of_us >= record.end_us:
        return None, None
    outage = EndlessOutage.of(report, record)
    # Not the verdict: where time that is up counts as down, the target may be kept so far and lost by what is to come.
    is_lost = left_us < 0
    return (outage.start_us if report.is_down_now else None), (None if is_lost else outage.deadline_us)


def _left_at(report: ComplianceReport, record: ComplianceRecord, outage_start_us: int) -> Fraction:
    """Return what was left of the budget when the outage that lasts now began."""
    ledger, start_us = report.ledger, max(outage_start_us, record.start_us)
    if start_us >= report.as_of_us:
        return slack_us(record)
    return slack_us(record) + cost_us(record, ledger.without_downtime, ledger, start_us, report.as_of_us)


def _rows_in_doubt(report: ComplianceReport, record: ComplianceRecord) -> tuple[str, ...]:
    """Return the names of the rows in doubt within a record's part, those with the most time at stake first."""
    at_stake = [
        time for time in report.readings.doubtful if time.start_us < record.end_us and time.end_us > record.start_us
    ]
    at_stake.sort(key=lambda time: time.start_us - time.end_us)
    return tuple(dict.fromkeys(time.name for time in at_stake))


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
