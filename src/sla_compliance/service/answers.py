"""ComplianceAnswer: what a service says of a tenant's days, and where it had it from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from sla_compliance.day_figures import DayFigures
from sla_compliance.labels import Accounting
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import MeasuredDay
from sla_compliance.policy import SLAPolicy
from sla_compliance.records import ComplianceRecord
from sla_compliance.service.questions import Subject
from sla_compliance.units import instant_us, moment
from sla_compliance.zones import load_zone


class Provenance(StrEnum):
    """Where a day's cells came from."""

    CACHE = "CACHE"
    """Remembered, and still in force."""
    STORE = "STORE"
    """Stored when the day was closed, or restated since."""
    SOURCE = "SOURCE"
    """Measured for this answer."""
    OUTDATED = "OUTDATED"
    """Remembered and past its time, shown because the source could not be asked."""


@dataclass(frozen=True, kw_only=True)
class ComplianceAnswer(DayFigures):
    """The days asked for, measured.

    Attributes:
        subject: whose, how measured, and the instant of the question; each day carries its own.
        target_asked, accounting_asked: instead of the policy's; None: the policy's.
        start_us: start of the first day.
        measured: the days, in order.
        provenance: where each came from.
        is_sample: whether the alarms behind them are made up.
    """

    subject: Subject
    target_asked: Fraction | None
    accounting_asked: Accounting | None
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

    @property
    def policy(self) -> SLAPolicy:
        """The tenant's policy: how the days were measured."""
        return self.subject.policy

    @property
    def target_ratio(self) -> Fraction:
        """The target asked for, else the policy's."""
        return self.policy.target_ratio if self.target_asked is None else self.target_asked

    @property
    def accounting(self) -> Accounting:
        """The accounting asked for, else the policy's."""
        return self.policy.accounting if self.accounting_asked is None else self.accounting_asked

    @cached_property
    def dates(self) -> Sequence[dt.date]:
        """The local dates of the days."""
        return [day.date for day in self.measured]

    def _span_us(self, first: int, after: int) -> tuple[int, int]:
        # By the bounds that each day was measured between: a stored day keeps those of older zone rules.
        days = self.measured[first:after]
        return (days[0].start_us, days[-1].end_us) if days else (self.start_us, self.start_us)

    @property
    def _are_ends_whole(self) -> tuple[bool, bool]:
        return True, True

    @cached_property
    def day_cells_us(self) -> Sequence[CellLengths]:
        """The cells of each day."""
        return [day.cells_us for day in self.measured]

    @property
    def _rules(self) -> ZoneInfo:
        return load_zone(self.subject.zone)

    @cached_property
    def as_of(self) -> dt.datetime:
        """The instant of the oldest recent figure, in the tenant's zone; of the newest where all days are closed."""
        recent = [day.as_of_us for day in self.measured if not day.is_closed(self.subject.policy)]
        newest_us = max((day.as_of_us for day in self.measured), default=self.subject.as_of_us)
        return moment(min(recent, default=newest_us), self._rules)

    @property
    def is_cached(self) -> bool:
        """Whether neither store nor source was asked."""
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
        """Whether a day is older than it should be, because the source could not be asked."""
        return Provenance.OUTDATED in self.provenance

    @property
    def as_of_us(self) -> int:
        """The same, microseconds."""
        return instant_us(self.as_of, field="as_of")

    @property
    def quality(self) -> tuple[str, ...]:
        """What a reader must know about the rows behind the figures, one sentence each."""
        return tuple(dict.fromkeys(remark for day in self.measured for remark in day.remarks))

    @property
    def quality_lines(self) -> tuple[str, ...]:
        """The same as `quality`."""
        return self.quality

    def _background(self, record: ComplianceRecord) -> Mapping[str, object]:
        days = [
            (day, provenance)
            for day, provenance in zip(self.measured, self.provenance, strict=True)
            if record.date <= day.date <= record.last_date
        ]
        return {
            "method": self.method,
            "as_of": moment(min(day.as_of_us for day, _ in days), self._rules).isoformat(),
            "tz_version": ", ".join(dict.fromkeys(day.tz_version for day, _ in days)),
            "provenance": list(dict.fromkeys(str(provenance) for _, provenance in days)),
            "quality": {"lines": list(dict.fromkeys(remark for day, _ in days for remark in day.remarks))},
        }
