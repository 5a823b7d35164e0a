"""ComplianceAnswer: the figures of a tenant's days, and where each day came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from sla_compliance.calendars.periods import Period
from sla_compliance.labels import CELLS, Accounting
from sla_compliance.measured import MeasuredDay, record_of
from sla_compliance.quality import lines_of
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import method_line
from sla_compliance.service.queries import Subject
from sla_compliance.units import instant_us, moment
from sla_compliance.zones import load_zone


class Provenance(StrEnum):
    """Where a day's cells came from."""

    CACHE = "CACHE"
    """Cached, and fresh."""
    STORE = "STORE"
    """Stored when the day was closed, or restated since."""
    SOURCE = "SOURCE"
    """Measured for this answer."""
    OUTDATED = "OUTDATED"
    """Cached and stale, served because the source could not be read."""


@dataclass(frozen=True, kw_only=True)
class ComplianceAnswer:
    """The measured days of a query.

    Attributes:
        subject: whose days, how they are measured, and the instant of the query; each day carries its own.
        target_ratio, accounting: the target, and which cells count as what.
        start_us: start of the first day.
        measured: the days, in order.
        provenance: where each came from.
        is_sample: whether the alarms behind them are made up.
    """

    subject: Subject
    target_ratio: Fraction
    accounting: Accounting
    start_us: int
    measured: tuple[MeasuredDay, ...]
    provenance: tuple[Provenance, ...]
    is_sample: bool = False

    @property
    def tenant_id(self) -> str:
        """Whose days."""
        return self.subject.tenant_id

    @property
    def zone(self) -> str:
        """The tenant's zone, an IANA name."""
        return self.subject.zone

    @cached_property
    def days(self) -> tuple[ComplianceRecord, ...]:
        """One record for each local date, counted or not."""
        return tuple(self._record((day,)) for day in self.measured)

    @cached_property
    def total(self) -> ComplianceRecord:
        """The record of all days; computed on lengths."""
        return self._record(self.measured) if self.measured else self._nothing()

    def by(self, period: Period) -> tuple[ComplianceRecord, ...]:
        """Return one record for each period; the first and last may be cut by the query."""
        spans = period.spans([day.date for day in self.measured], is_first_whole=True, is_last_whole=True)
        return tuple(self._record(self.measured[first:after]) for first, after in spans)

    def last(self, days: int) -> ComplianceRecord | None:
        """Return the record of the last days; None where there are fewer."""
        return self._record(self.measured[-days:]) if 0 < days <= len(self.measured) else None

    @property
    def _rules(self) -> ZoneInfo:
        return load_zone(self.subject.zone)

    def _record(self, days: Sequence[MeasuredDay]) -> ComplianceRecord:
        return record_of(days, zone=self.subject.zone, target_ratio=self.target_ratio, accounting=self.accounting)

    def _nothing(self) -> ComplianceRecord:
        """Return the record of no time at all."""
        day = MeasuredDay(
            date=moment(self.start_us, self._rules).date(),
            start_us=self.start_us,
            end_us=self.start_us,
            cells_us=(0,) * len(CELLS),
            as_of_us=self.subject.as_of_us,
            tz_version="",
            rows_read=0,
        )
        return self._record((day,))

    @cached_property
    def as_of(self) -> dt.datetime:
        """The instant of the oldest recent figure, in the tenant's zone; of the newest where all days are closed."""
        recent = [day.as_of_us for day in self.measured if not day.is_closed(self.subject.policy)]
        newest_us = max((day.as_of_us for day in self.measured), default=self.subject.as_of_us)
        return moment(min(recent, default=newest_us), self._rules)

    @property
    def is_cached(self) -> bool:
        """Whether all days came from the cache."""
        return set(self.provenance) <= {Provenance.CACHE}

    @property
    def is_standing(self) -> bool:
        """Whether it says how the tenant stands: up to today, by its own target and accounting, of real alarms."""
        policy, now_us = self.subject.policy, self.subject.as_of_us
        is_as_agreed = (self.target_ratio, self.accounting) == (policy.target_ratio, policy.accounting)
        is_up_to_today = any(day.start_us <= now_us < day.end_us for day in self.measured[-1:])
        return is_as_agreed and is_up_to_today and not self.is_sample

    @property
    def is_outdated(self) -> bool:
        """Whether a day is stale, because the source could not be read."""
        return Provenance.OUTDATED in self.provenance

    @cached_property
    def quality(self) -> tuple[str, ...]:
        """What a reader must know about the rows behind the figures, one sentence each."""
        return lines_of(fact for day in self.measured for fact in day.facts)

    @cached_property
    def method(self) -> str:
        """How the figures were made, in one line."""
        as_of_us = instant_us(self.as_of, field="as_of")
        return method_line(self.subject.policy, self.accounting, self.subject.zone, as_of_us)

    def as_dicts(self, period: Period = Period.DAY, *, detail: bool = False) -> list[dict[str, object]]:
        """Return the records of a period as the wire format has them.

        Those without an availability are left out; `detail` keeps them, with null, and adds what figures follow from.
        """
        records = self.by(period)
        if not detail:
            return [record.as_dict() for record in records if record.availability_ratio is not None]
        return [{**record.as_dict(detail=True), **self._background(record)} for record in records]

    def _background(self, record: ComplianceRecord) -> Mapping[str, object]:
        """Return what stands beside a record in full detail: how, when and from what its days were measured."""
        days: list[MeasuredDay] = []
        provenances: list[str] = []
        for day, provenance in zip(self.measured, self.provenance, strict=True):
            if record.date <= day.date <= record.last_date:
                days.append(day)
                provenances.append(str(provenance))
        oldest_us = min(day.as_of_us for day in days)
        return {
            "method": self.method,
            "as_of": moment(oldest_us, self._rules).isoformat(),
            "tz_version": ", ".join(_distinct(day.tz_version for day in days)),
            "provenance": _distinct(provenances),
            "quality": {"lines": list(self.quality)},
        }


def _distinct(texts: Iterable[str]) -> list[str]:
    """Return texts without repeats, in their order."""
    return list(dict.fromkeys(texts))
