"""StatementIssuer: measures a period and appends its next statement to a store."""
################################################################
# The rows are read once, with their ids, and evaluated in the computing thread. How
# far rows are purged is read again after them: what a purge may have taken meanwhile
# is unknown, not up.
#
# Facts decide: where they are those of the last statement, it is the answer and
# nothing is appended. Of two issuers at once one appends; the other compares its own
# facts with the statement that was kept, and so on for as long as others are faster.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sla_compliance.analysis import Statement, restate, statement
from sla_compliance.analysis.statements import check_closed, closed_from_us
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.calendars.periods import Period
from sla_compliance.calls.timed import TimedCalls
from sla_compliance.checks import check_type, checked_text
from sla_compliance.errors import ClockAheadError, InvalidValueError, shown
from sla_compliance.intervals import ALWAYS_END_US, IntervalSet
from sla_compliance.measured import closes_at_us, is_ahead
from sla_compliance.report import ComplianceReport
from sla_compliance.service.queries import Subject, Window
from sla_compliance.service.source_reader import SourceReader
from sla_compliance.stores.protocol import SupportsClock
from sla_compliance.stores.statements import StatementConflictError, StatementStore
from sla_compliance.units import moment

PERIOD_CLOSED: Final = "the period is closed"
FACTS_CHANGED: Final = "the facts changed"
MOST_ISSUE_ROUNDS: Final = 5
USUAL_COLUMN: Final = "resource_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPeriod:
    """What a statement is of.

    Attributes:
        window: the tenant, now, and the bounds of the period.
        subject: a value of the column `by`; None: all of the tenant.
        by: the column of the alarms.
    """

    window: Window
    subject: str | None
    by: str

    @classmethod
    def of(cls, tenant: Subject, date: dt.date, period: Period, *, subject: str | None, by: str) -> StatedPeriod:
        """Return the calendar period that holds a local date of a tenant.

        Raises:
            InvalidTypeError, InstantOutOfRangeError: `date` is no date, or none that every zone has.
            InvalidValueError: the period is rolling or an hour.
        """
        check_type(period, Period, "period", "a Period")
        if period.is_rolling or period.is_hour:
            raise InvalidValueError(
                f"period is {period.name}; a statement is of a calendar period, such as Period.MONTH", field="period"
            )
        if subject is not None:
            checked_text(subject, "subject")
        first_instant_us(date, tenant.zone, field="date")  # for its errors
        start_us = first_instant_us(period.first_date(date), tenant.zone, field="date")
        end_us = first_instant_us(period.next_first_date(date), tenant.zone, field="date")
        return cls(window=Window(tenant, start_us, end_us), subject=subject, by=by)

    @property
    def stated_subject(self) -> str | None:
        """What the statement says that it is of: the value, with its column where that is not the usual one.

        A resource and a customer may be called the same; their statements are series of their own.
        """
        if self.subject is None or self.by == USUAL_COLUMN:
            return self.subject
        return f"{self.by}={self.subject}"

    @property
    def series(self) -> tuple[str, str | None, int, int]:
        """Tenant, subject, start and end, by which a store finds its statements."""
        return self.window.subject.tenant_id, self.stated_subject, self.window.start_us, self.window.end_us


@dataclass(frozen=True, slots=True)
class StatementIssuer:
    """Issues statements.

    Attributes:
        store: where they are kept.
        calls: of the store.
        reader: of the facts.
        clock: the present moment, aware.
    """

    store: StatementStore
    calls: TimedCalls
    reader: SourceReader
    clock: Callable[[], dt.datetime]

    async def issue(self, period: StatedPeriod, *, issued_by: str, provisional: bool) -> Statement:
        """Return the statement of a period as it is now, kept as the next one where the facts differ.

        Raises:
            PeriodOpenError: the period is not closed, and `provisional` is false.
            Others as `ComplianceService.statement`.
        """
        report = await self._report(period, provisional=provisional)

        def next_statement(last: Statement | None) -> Statement:
            issued_at = self.clock()
            if last is not None:
                is_closed_now = last.is_provisional and report.as_of_us >= closed_from_us(report, report.total)
                reason = PERIOD_CLOSED if is_closed_now else FACTS_CHANGED
                return restate(last, report, issued_at=issued_at, issued_by=issued_by, reason=reason)
            return statement(
                report,
                tenant=period.window.subject.tenant_id,
                subject=period.stated_subject,
                issued_at=issued_at,
                issued_by=issued_by,
                provisional=provisional,
            )

        return await self._append(period, next_statement)

    async def restate(self, period: StatedPeriod, *, reason: str, issued_by: str) -> Statement:
        """Return the statement that supersedes the last one of a period, or that one where the facts are the same.

        Raises:
            InvalidValueError: there is none. Others as `ComplianceService.restate`.
        """
        last = await self.last(period)
        if last is None:
            raise _nothing_to_restate()
        report = await self._report(period, provisional=last.is_provisional)

        def next_statement(last: Statement | None) -> Statement:
            if last is None:
                raise _nothing_to_restate()
            return restate(last, report, issued_at=self.clock(), issued_by=issued_by, reason=reason)

        return await self._append(period, next_statement)

    async def last(self, period: StatedPeriod) -> Statement | None:
        """Return the last statement of a period; None where there is none."""
        return await self.calls.make(lambda: self.store.last(*period.series))

    async def known_at(self, period: StatedPeriod, at_us: int) -> Statement | None:
        """Return the last statement of a period that was issued by an instant; None where there is none."""
        return await self.calls.make(lambda: self.store.known_at(*period.series, at_us))

    async def _append(self, period: StatedPeriod, next_statement: Callable[[Statement | None], Statement]) -> Statement:
        """Return what follows the last statement, kept; the last one itself where nothing follows."""
        for rounds_left in reversed(range(MOST_ISSUE_ROUNDS)):
            last = await self.last(period)
            new = await self.reader.limits.compute(next_statement, last)
            if new is last:
                return new
            try:
                return await self._kept(new)
            except StatementConflictError:
                # Another issuer was faster: what follows its statement may be that statement itself.
                if not rounds_left:
                    raise
        raise AssertionError("the last round returns or raises")

    async def _kept(self, new: Statement) -> Statement:
        return await self.calls.make(lambda: self.store.append(new))

    async def _report(self, period: StatedPeriod, *, provisional: bool) -> ComplianceReport:
        """Return the report of a period; a period that is not closed is refused before its rows are read."""
        window, tenant = period.window, period.window.subject
        await self._check_clock(tenant)
        if window.start_us >= tenant.as_of_us:
            start = moment(window.start_us).isoformat()
            raise InvalidValueError(f"date is of a period that begins on {start}, later than now", field="date")
        if not provisional:
            check_closed(closes_at_us(window.end_us, tenant.policy), tenant.as_of_us, tenant.zone, field="date")
        report = await self._measured(period)
        if not provisional:
            # An open alarm that may come to be in doubt keeps a period open for longer.
            final_us = await self.reader.limits.compute(closed_from_us, report, report.total)
            check_closed(final_us, tenant.as_of_us, tenant.zone, field="date")
        return report

    async def _measured(self, period: StatedPeriod) -> ComplianceReport:
        window, tenant, reader = period.window, period.window.subject, self.reader
        inventory = None if period.subject is None else await reader.inventory(tenant.tenant_id)
        arguments = await reader.arguments(window)
        batch = await reader.alarms(window, arguments, whole_rows=True)
        since_us = max(tenant.settings.monitored_since_us, await reader.complete_since_us(tenant.tenant_id))
        arguments = replace(arguments, monitored=IntervalSet((since_us,), (ALWAYS_END_US,)))
        if period.subject is None:
            return await reader.limits.compute(arguments.report, batch)
        reports = await reader.limits.compute(lambda: arguments.reports(batch, by=period.by, inventory=inventory))
        for key, report in reports.items():
            if key is not None and str(key) == period.subject:
                return report
        raise InvalidValueError(
            f"subject is {shown(period.subject)}, which neither the inventory nor a row of the period has as"
            f" {period.by}; check it",
            field="subject",
        )

    async def _check_clock(self, tenant: Subject) -> None:
        """Check that this machine's clock, which closes periods, is not ahead of the store's.

        Raises:
            ClockAheadError: it is.
        """
        store = self.store
        if not isinstance(store, SupportsClock):
            return
        store_clock_us = await self.calls.make(store.now_us)
        if store_clock_us is None or not is_ahead(tenant.as_of_us, store_clock_us):
            return
        clock, store_clock = tenant.as_of.isoformat(), moment(store_clock_us).isoformat()
        message = f"clock says {clock}, that of the store {store_clock}; nothing is issued: set this machine's clock"
        raise ClockAheadError(message, clock_us=tenant.as_of_us, store_clock_us=store_clock_us)


def _nothing_to_restate() -> InvalidValueError:
    return InvalidValueError("date is of a period of which no statement was issued; issue the first", field="date")
