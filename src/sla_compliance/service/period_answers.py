"""PeriodAnswers: what a ComplianceService says of a period: its budget, what cost it, how it compares."""
################################################################
# All but trends are measured from the source every time; budgets are remembered for
# a minute (period_reports.py). Time whose rows have been purged is unknown in what is
# measured, so a trend takes days from the cache and the store where they have them.
#
# Analyses are computed in the service's computing thread, one at a time.
################################################################

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from sla_compliance.analysis import (
    Attribution,
    ErrorBudget,
    IncidentCosts,
    Reliability,
    Trend,
    attribution,
    budget,
    decisive_incidents,
    incident_costs,
    reliability,
    trend,
)
from sla_compliance.analysis.trends import Against, check_comparison
from sla_compliance.calendars.periods import Period
from sla_compliance.checks import check_type, checked_integer, wrong_value
from sla_compliance.incidents import Incident, PageBounds
from sla_compliance.labels import Accounting
from sla_compliance.measured import MeasuredDay
from sla_compliance.policy import Target, target_ratio
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.service.answers import ComplianceAnswer
from sla_compliance.service.day_evaluator import DayEvaluator
from sla_compliance.service.drill_down import report_of_whole_outages, with_edge
from sla_compliance.service.period_reports import PeriodReports
from sla_compliance.service.queries import DaysQuery, Span, Subject, Window
from sla_compliance.service.source_reader import SourceReader
from sla_compliance.service.trended_days import MOST_TREND_DAYS, TrendedDays, trend_window

TREND_PERIODS: Final = 6
"""How many periods a trend lists by default."""

_Result = TypeVar("_Result")


class PeriodAnswers(ABC):
    """The part of a ComplianceService that answers for periods."""

    _evaluator: DayEvaluator
    _period_reports: PeriodReports
    _source_reader: SourceReader

    @abstractmethod
    async def subject(self, tenant_id: str) -> Subject:
        """Return a tenant with its settings, now."""

    @abstractmethod
    async def compliance(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime | None = None,
        *,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> ComplianceAnswer:
        """Return the tenant's compliance on local days."""

    @abstractmethod
    async def _query(self, tenant_id: str, start: dt.datetime, end: dt.datetime | None) -> DaysQuery:
        """Return the query for whole days."""

    async def budget(
        self,
        tenant_id: str,
        period: Period = Period.MONTH,
        *,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> ErrorBudget:
        """Return the error budget of the period in progress, to its end; at most 60 seconds old, see its `as_of`.

        One query of the source where none is remembered, once for all callers at the same time.

        Args:
            period: the calendar period that holds now; of a rolling one the dates until now.
            target, accounting: instead of the policy's.

        Raises:
            InvalidTypeError, InvalidValueError: `period` is no period, or an hour; another argument is bad.
            UnknownTenantError, TimeoutError, or the source's own error.
        """
        _check_terms(target, accounting)
        check_type(period, Period, "period", "a Period, e.g. Period.MONTH")
        if period.is_hour:
            raise wrong_value(period.name, "period", "a day or longer, e.g. Period.MONTH")
        measured = await self._period_reports.measured(await self.subject(tenant_id), period)
        record = _record_under(measured.report, target, accounting)
        agreed = measured.report.target_ratio, measured.report.accounting
        if (record.target_ratio, record.accounting) == agreed:
            return measured.budget
        return await self._source_reader.limits.compute(budget, measured.report, record)

    async def attribution(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        *,
        by: str = "id",
        accounting: Accounting | None = None,
    ) -> Attribution:
        """Return how the downtime of whole local days is spread over the values of a column of the alarms.

        One query of the source.

        Args:
            start, end: as `compliance`.
            by: as `analysis.attribution`.
            accounting: instead of the policy's.

        Raises:
            InvalidTypeError, InvalidValueError: the alarms carry no column `by`. Others as `compliance`.
        """
        _check_terms(None, accounting)
        window = await self._window(tenant_id, start, end)
        arguments = await self._source_reader.arguments(window)
        if accounting not in (None, arguments.policy.accounting):
            arguments = replace(arguments, policy=arguments.policy.with_changes(accounting=accounting))
        batch = await self._source_reader.alarms(window, arguments, whole_rows=True)
        return await self._source_reader.limits.compute(lambda: attribution(arguments.report(batch), by=by))

    async def decisive_incidents(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        *,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> tuple[Incident, ...] | None:
        """Return the fewest incidents without which whole local days had kept their target; None: nothing counted.

        Args, Raises:
            As `compliance`. Cost as `incidents`.
        """
        incidents, read = await self._of_whole_outages(tenant_id, start, end, target, accounting, decisive_incidents)
        return None if incidents is None else tuple(with_edge(incident, read) for incident in incidents)

    async def incident_costs(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        *,
        bounds: PageBounds | None = None,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> IncidentCosts:
        """Return the incidents of whole local days with what each took of their error budget, the dearest first.

        Args, Raises:
            As `compliance`. Cost as `incidents`.

        Args:
            bounds: which of them, in that order, and how many alarms of each; by default all.
        """
        costs, read = await self._of_whole_outages(
            tenant_id, start, end, target, accounting, partial(incident_costs, bounds=bounds)
        )
        rows = tuple(replace(row, incident=with_edge(row.incident, read)) for row in costs.rows)
        return replace(costs, rows=rows)

    async def reliability(
        self, tenant_id: str, start: dt.datetime, end: dt.datetime, *, accounting: Accounting | None = None
    ) -> Reliability:
        """Return how reliable a tenant's service was on whole local days, from the alarms that meet them.

        Args, Raises:
            As `compliance`. Cost as `incidents`.
        """
        figures, _read = await self._of_whole_outages(tenant_id, start, end, None, accounting, reliability)
        return figures

    async def trend(
        self,
        tenant_id: str,
        period: Period = Period.MONTH,
        *,
        against: Against = "previous",
        count: int = TREND_PERIODS,
        target: Target | None = None,
        accounting: Accounting | None = None,
    ) -> Trend:
        """Return the last periods, the one in progress included, each beside the one that it is compared with.

        Args:
            period, against: as `analysis.trend`.
            count: how many periods; with those that they are compared with at most 1,100 days.
            target, accounting: instead of the policy's.

        Raises:
            InvalidTypeError, InvalidValueError: naming the argument. Others as `compliance`.
        """
        check_comparison(period, against)
        count = checked_integer(count, "count", 1, MOST_TREND_DAYS)
        _check_terms(target, accounting)
        subject = await self.subject(tenant_id)
        start, end = trend_window(subject, period, against, count)
        answer = await self.compliance(tenant_id, start, end, target=target, accounting=accounting)

        async def measure(date: dt.date, span: Span) -> MeasuredDay:
            key = answer.subject.settings.day_key(tenant_id, date, *span)
            return (await self._evaluator.evaluate(answer.subject, {key: span}))[key]

        figures = await TrendedDays.of(answer, period, against, measure)
        changes = await self._source_reader.limits.compute(trend, figures, period, against=against)
        return Trend(changes[-count:])

    async def _window(self, tenant_id: str, start: dt.datetime, end: dt.datetime) -> Window:
        """Return the whole local days that share an instant with [start, end)."""
        query = await self._query(tenant_id, start, end)
        end_us = max((day_end_us for _, day_end_us in query.spans.values()), default=query.start_us)
        return Window(query.subject, query.start_us, end_us)

    async def _of_whole_outages(
        self,
        tenant_id: str,
        start: dt.datetime,
        end: dt.datetime,
        target: Target | None,
        accounting: Accounting | None,
        analysis: Callable[[ComplianceReport, ComplianceRecord], _Result],
    ) -> tuple[_Result, Window]:
        """Return what an analysis makes of whole local days, and the time of which rows were read."""
        _check_terms(target, accounting)
        window = await self._window(tenant_id, start, end)
        arguments = await self._source_reader.arguments(window)
        report, read = await report_of_whole_outages(self._source_reader, window, arguments)

        def analysed() -> _Result:
            return analysis(report, _record_under(report, target, accounting))

        return await self._source_reader.limits.compute(analysed), read


def _check_terms(target: Target | None, accounting: Accounting | None) -> None:
    """Check other terms than the agreed ones, before anything is measured.

    Raises:
        InvalidTypeError, InvalidTargetError: naming the argument.
    """
    if target is not None:
        target_ratio(target, field="target")
    if accounting is not None:
        check_type(accounting, Accounting, "accounting", "an Accounting, e.g. Accounting.COUNTED")


def _record_under(report: ComplianceReport, target: Target | None, accounting: Accounting | None) -> ComplianceRecord:
    """Return the record of a report's window, under other terms than the agreed ones where they are given."""
    record = report.total
    if target is not None:
        record = record.with_target(target)
    return record if accounting is None else record.counted_as(accounting)
