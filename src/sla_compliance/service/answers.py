"""ComplianceAnswer: the figures of a tenant's days, and where each day came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.certainty import Doubt
from sla_compliance.contract import read_contract
from sla_compliance.day_figures import DayFigures
from sla_compliance.exclusion_lines import ExclusionLine, lines_of_kept_days
from sla_compliance.labels import Accounting
from sla_compliance.lazy import lazy_property
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DayFact, FactCode, MeasuredDay
from sla_compliance.policy import SLAPolicy
from sla_compliance.quality import doubts_of_facts, lines_of
from sla_compliance.records import ComplianceRecord
from sla_compliance.service.queries import Subject
from sla_compliance.targeting import AcceptedWindow
from sla_compliance.units import SECOND_US, instant_us, moment
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


@dataclass(frozen=True, kw_only=True, repr=False)
class ComplianceAnswer(DayFigures):
    """The measured days of a query.

    Attributes:
        subject: whose days, how they are measured, and the instant of the query; each day carries its own.
        requested_target_ratio, requested_accounting: instead of the policy's; None: as the policy has it.
        start_us: start of the first day.
        measured: the days, in order.
        provenance: where each came from.
        is_sample: whether the alarms behind them are made up.
        cut_date: the first date, where the query had no end and rows of its beginning have been purged: it is one of
            the days and left out of the totals; None: there is none.
    """

    subject: Subject
    requested_target_ratio: Fraction | None
    requested_accounting: Accounting | None
    start_us: int
    measured: tuple[MeasuredDay, ...]
    provenance: tuple[Provenance, ...]
    is_sample: bool = False
    cut_date: dt.date | None = None

    @property
    def tenant_id(self) -> str:
        """Whose days."""
        return self.subject.tenant_id

    @property
    def zone(self) -> str:
        """The tenant's zone, an IANA name."""
        return self.subject.zone

    @property
    def policy(self) -> SLAPolicy:
        """The tenant's policy: how the days were measured."""
        return self.subject.policy

    @property
    def target_ratio(self) -> Fraction:
        """The requested target, else the policy's."""
        return self.policy.target_ratio if self.requested_target_ratio is None else self.requested_target_ratio

    @property
    def accounting(self) -> Accounting:
        """The requested accounting, else the policy's."""
        return self.policy.accounting if self.requested_accounting is None else self.requested_accounting

    @property
    def basis(self) -> tuple[object, ...]:
        """All that figures and words of an answer with days follow from; equal ones have equal figures.

        To compare two of them takes no time where the days are the same objects, as a service's cached days are.
        """
        return (
            self.measured,
            self.provenance,
            self.zone,
            self.policy,
            self.target_ratio,
            self.accounting,
            self.cut_date,
            self.is_sample,
        )

    @lazy_property
    def dates(self) -> Sequence[dt.date]:
        """The local dates of the days."""
        return [day.date for day in self.measured]

    @lazy_property
    def total(self) -> ComplianceRecord:
        """The record of all days; without a first one that a purge has cut."""
        return self._record(self._first_in_totals, len(self.dates))

    @property
    def days_in_totals(self) -> tuple[ComplianceRecord, ...]:
        """The days that the totals are of."""
        return self.days[self._first_in_totals :]

    @property
    def _first_in_totals(self) -> int:
        return 0 if self.cut_date is None else 1

    def _span_us(self, first: int, after: int) -> tuple[int, int]:
        # By the bounds that each day was measured between: a stored day keeps those of older zone rules.
        days = self.measured[first:after]
        return (days[0].start_us, days[-1].end_us) if days else (self.start_us, self.start_us)

    @property
    def _are_ends_whole(self) -> tuple[bool, bool]:
        return True, True

    @lazy_property
    def day_cells_us(self) -> Sequence[CellLengths]:
        """The cells of each day."""
        return [day.cells_us for day in self.measured]

    @lazy_property
    def reading_day_cells_us(self) -> tuple[Sequence[CellLengths], Sequence[CellLengths]] | None:
        """The cells of each day in both readings; None where no day differs from the record."""
        days = self.measured
        if all(day.optimistic_cells_us is None and day.pessimistic_cells_us is None for day in days):
            return None
        return (
            [day.cells_us if day.optimistic_cells_us is None else day.optimistic_cells_us for day in days],
            [day.cells_us if day.pessimistic_cells_us is None else day.pessimistic_cells_us for day in days],
        )

    def _is_input_whole(self, first: int, after: int) -> bool:
        return all(day.is_input_whole for day in self.measured[first:after])

    def _doubts(self, record: ComplianceRecord) -> Iterable[Doubt]:
        days = [day for day in self.measured if record.date <= day.date <= record.last_date]
        return doubts_of_facts(fact for day in days for fact in day.facts)

    @property
    def _rules(self) -> ZoneInfo:
        return load_zone(self.subject.zone)

    @lazy_property
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

    @property
    def as_of_us(self) -> int:
        """The same, microseconds."""
        return instant_us(self.as_of, field="as_of")

    @lazy_property
    def quality(self) -> tuple[str, ...]:
        """What a reader must know about the rows behind the figures, one sentence each."""
        return lines_of(self.quality_facts)

    @property
    def quality_facts(self) -> tuple[DayFact, ...]:
        """The same as facts, day by day."""
        facts = [fact for day in self.measured for fact in day.facts]
        if self.cut_date is not None:
            facts.append(DayFact(FactCode.CUT_DATE, self.cut_date.isoformat()))
        if self.is_without_rows:
            facts.append(DayFact(FactCode.NO_ROWS, ""))
        return tuple(facts)

    @lazy_property
    def _doubt_dicts(self) -> list[dict[str, object]]:
        """What the rows leave open in the whole range, the largest first, in JSON types."""
        return [
            {"cause": str(doubt.cause), "rows": doubt.rows, "seconds": doubt.length_us / SECOND_US}
            for doubt in self.bounds().because
        ]

    @property
    def is_without_rows(self) -> bool:
        """Whether days have begun and no row was read for any of them: spotless, or a source that has no alarms."""
        begun_days = [day for day in self.measured if day.start_us < day.as_of_us]
        return bool(begun_days) and not any(_has_rows(day) for day in begun_days)

    @property
    def quality_lines(self) -> tuple[str, ...]:
        """The same as `quality`."""
        return self.quality

    def _background(self, record: ComplianceRecord) -> Mapping[str, object]:
        """Return what stands beside a record in full detail: how, when and from what its days were measured."""
        days: list[MeasuredDay] = []
        provenances: list[str] = []
        for day, provenance in zip(self.measured, self.provenance, strict=True):
            if record.date <= day.date <= record.last_date:
                days.append(day)
                provenances.append(str(provenance))
        oldest_us = min((day.as_of_us for day in days), default=self.as_of_us)  # no day stands for no time
        return {
            "method": self.method,
            "as_of": moment(oldest_us, self._rules).isoformat(),
            "tz_version": ", ".join(_distinct(day.tz_version for day in days)),
            "provenance": _distinct(provenances),
            "input_digest": None,  # kept days do not say from which rows they were made
            "exclusions": self._exclusions(record),
            "quality": {"lines": list(self.quality), "doubts": self._doubt_dicts},
            "is_in_totals": record.last_date != self.cut_date,
        }

    def exclusion_lines(self, record: ComplianceRecord | None = None) -> list[ExclusionLine] | None:
        """Return what each window of the agreement itself excluded from a record, without the downtime that it took.

        None where the agreement has none, or they depend on the outages. Windows of a source are not known without a
        query. Arguments and errors as `bounds`.
        """
        record = self.checked_record(record)
        windows = self.subject.settings.exclusions
        if not windows or self.policy.planned_work.excuses == "caused":
            return None
        return lines_of_kept_days(record, self._agreed_windows)

    def _exclusions(self, record: ComplianceRecord) -> list[dict[str, object]] | None:
        lines = self.exclusion_lines(record)
        return None if lines is None else [line.as_dict() for line in lines]

    @lazy_property
    def _agreed_windows(self) -> tuple[AcceptedWindow, ...]:
        """The accepted windows of the agreement itself."""
        start_us, end_us = self._span_us(0, len(self.dates))
        windows = self.subject.settings.exclusions
        contract = read_contract(
            zone=self.zone,
            start_us=start_us,
            end_us=end_us,
            policy=self.policy,
            maintenance=[window for window in windows if isinstance(window, MaintenanceWindow)],
            exclusions=[window for window in windows if isinstance(window, Exclusion)],
        )
        return contract.windows


def _has_rows(day: MeasuredDay) -> bool:
    """Return whether a row was read for a day, set aside or not; days stored by version 1 do not say."""
    return day.rows_read > 0 or not day.has_readings or any(fact.code == FactCode.BAD_ROW for fact in day.facts)


def _distinct(texts: Iterable[str]) -> list[str]:
    """Return texts without repeats, in their order."""
    return list(dict.fromkeys(texts))
