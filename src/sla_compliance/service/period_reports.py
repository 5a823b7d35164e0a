"""PeriodReports: the period in progress of each tenant, measured to its end, and remembered for a minute."""
################################################################
# A budget is that of the whole period, so the window reaches to the period's end:
# agreed hours, maintenance and exclusions to come are known. A rolling period is the
# dates until today, and ends now.
#
# A measurement is remembered in this process under the tenant, its settings (zone,
# policy, hours, exclusions), the period and its start; any target and accounting is
# answered from it. A change that is reported drops what is remembered of its tenant,
# and a measurement under way at that time is not remembered. Other processes may
# answer from theirs for the rest of its minute.
#
# What is remembered holds rows, so it is bounded: the oldest goes first.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, NamedTuple

from sla_compliance.agreements import TenantSettings
from sla_compliance.analysis import ErrorBudget, budget
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.local_days import first_instant_us, local_days
from sla_compliance.calendars.periods import Period
from sla_compliance.date_ranges import last_days
from sla_compliance.evaluation import EvaluationArguments
from sla_compliance.report import ComplianceReport
from sla_compliance.service.observer import Observers
from sla_compliance.service.queries import Subject, Window
from sla_compliance.service.single_flight import SingleFlight
from sla_compliance.service.source_reader import SourceReader
from sla_compliance.units import MICROSECOND, instant_us

REMEMBERED_FOR: Final = timedelta(seconds=60)
MOST_REMEMBERED: Final = 1_000
MOST_ROWS_REMEMBERED: Final = 200_000

_REMEMBERED_FOR_US: Final = REMEMBERED_FOR // MICROSECOND


@dataclass(frozen=True, slots=True)
class MeasuredPeriod:
    """A period in progress.

    Attributes:
        report: of all of it, by the tenant's own policy.
        budget: by the tenant's own target and accounting.
    """

    report: ComplianceReport
    budget: ErrorBudget


class _Key(NamedTuple):
    tenant_id: str
    settings: TenantSettings
    period: Period
    start_us: int


class PeriodReports:
    """The periods in progress; of one event loop."""

    def __init__(
        self, reader: SourceReader, observer: Observers, now_us: Callable[[], int], *, is_sample: bool
    ) -> None:
        """Remember nothing yet.

        Args:
            observer: called with each budget that was measured.
            now_us: returns the present moment, microseconds.
            is_sample: whether alarms are made up: then nothing is remembered, and no observer called.
        """
        self._reader = reader
        self._observer = observer
        self._now_us = now_us
        self._is_sample = is_sample
        self._remembered: dict[_Key, MeasuredPeriod] = {}
        self._rows_remembered = 0
        self._under_way: dict[_Key, object] = {}
        self._flights: SingleFlight[MeasuredPeriod] = SingleFlight()

    async def measured(self, subject: Subject, period: Period) -> MeasuredPeriod:
        """Return the period of a tenant that is in progress, at most REMEMBERED_FOR old; one query, or none."""
        key = _Key(subject.tenant_id, subject.settings, period, window_in_progress(subject, period).start_us)
        known = self._remembered.get(key)
        if known is not None and known.report.as_of_us <= subject.as_of_us < _forgotten_at_us(known):
            return known
        task = self._flights.task(key, lambda: self._measure(key, subject))
        # Not `await task`: a caller that is cancelled would cancel it for the others.
        await asyncio.wait({task})
        return task.result()

    async def _measure(self, key: _Key, subject: Subject) -> MeasuredPeriod:
        mark = self._under_way[key] = object()
        try:
            # The instant of evaluation is that at which facts are read.
            subject = replace(subject, as_of_us=max(subject.as_of_us, self._now_us()))
            window = window_in_progress(subject, key.period)
            arguments = await self._reader.arguments(window)
            batch = await self._reader.alarms(window, arguments, whole_rows=arguments.has_targeted_exclusions)
            measured = await self._reader.limits.compute(_measured_period, arguments, batch)
        finally:
            # A change that was reported meanwhile has taken the mark away.
            is_current = self._under_way.get(key) is mark
            if is_current:
                del self._under_way[key]
        if not self._is_sample:
            if is_current:
                self._remember(key, measured)
            self._observer.budget_measured(key.tenant_id, key.period, measured.budget)
        return measured

    def _remember(self, key: _Key, measured: MeasuredPeriod) -> None:
        self._drop(key)
        self._remembered[key] = measured
        self._rows_remembered += len(measured.report.batch)
        # The oldest stand first: no look at all of them for each that is added. The newest stays, however many rows.
        while len(self._remembered) > 1:
            oldest_key, oldest = next(iter(self._remembered.items()))
            is_over = _forgotten_at_us(oldest) <= measured.report.as_of_us
            is_too_much = len(self._remembered) > MOST_REMEMBERED or self._rows_remembered > MOST_ROWS_REMEMBERED
            if not is_over and not is_too_much:
                break
            self._drop(oldest_key)

    def _drop(self, key: _Key) -> None:
        entry = self._remembered.pop(key, None)
        if entry is not None:
            self._rows_remembered -= len(entry.report.batch)

    def forget(self, tenant_id: str) -> None:
        """Drop what is remembered of a tenant: facts have changed. Later callers share no measurement under way."""
        for key in [key for key in self._remembered if key.tenant_id == tenant_id]:
            self._drop(key)
        for key in [key for key in self._under_way if key.tenant_id == tenant_id]:
            del self._under_way[key]
            self._flights.forget(key)

    def forget_running(self) -> None:
        """Share no measurement under way any more: the event loop that it runs on has ended."""
        self._under_way.clear()
        self._flights.forget_all()

    async def aclose(self) -> None:
        """Cancel what is under way."""
        await self._flights.aclose()


def window_in_progress(subject: Subject, period: Period) -> Window:
    """Return the calendar period that holds the instant of evaluation; of a rolling one its dates until now.

    Raises:
        InstantOutOfRangeError: a rolling one begins before the calendar does.
    """
    as_of_us = subject.as_of_us
    if period.is_rolling:
        start, _end = last_days(period.days, zone=subject.zone, now=subject.as_of)
        return Window(subject, instant_us(start, field="period"), as_of_us)
    today = local_days(subject.zone, as_of_us, as_of_us + 1).dates[0]
    first, after = period.first_date(today), period.next_first_date(today)
    start_us, end_us = (first_instant_us(date, subject.zone, field="period") for date in (first, after))
    return Window(subject, start_us, end_us)


def _forgotten_at_us(measured: MeasuredPeriod) -> int:
    return measured.report.as_of_us + _REMEMBERED_FOR_US


def _measured_period(arguments: EvaluationArguments, batch: AlarmBatch) -> MeasuredPeriod:
    report = arguments.report(batch)
    return MeasuredPeriod(report, budget(report))
