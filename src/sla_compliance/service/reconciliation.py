"""Reconciliation: what comes of comparing closed stored days with the rows as they are now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.policy import SLAPolicy
from sla_compliance.service.queries import Subject
from sla_compliance.stores.protocol import Restatement
from sla_compliance.units import SECOND_US
from sla_compliance.verdicts import Verdict, counted_us, verdict


class WaitingCause(StrEnum):
    """Why a stored day that differs from the facts is not restated unattended."""

    ROWS_MISSING = "ROWS_MISSING"
    PURGE_NEARBY = "PURGE_NEARBY"
    ROWS_UNKNOWN = "ROWS_UNKNOWN"
    ZONE_RULES = "ZONE_RULES"


CAUSE_TEXTS: Final[Mapping[WaitingCause, str]] = {
    WaitingCause.ROWS_MISSING: "fewer rows are there than were read for it",
    WaitingCause.PURGE_NEARBY: "it loses downtime, and rows of a later day are missing",
    WaitingCause.ROWS_UNKNOWN: "it loses downtime, and how many rows were read for it is not known",
    WaitingCause.ZONE_RULES: "it was stored under other rules of its time zone",
}


@dataclass(frozen=True, slots=True)
class CellFigures:
    """What a day's cells come to under a tenant's policy.

    Attributes:
        downtime_us: counted downtime.
        verdict: on the day by itself.
    """

    downtime_us: int
    verdict: Verdict

    @classmethod
    def of(cls, cells_us: CellLengths, policy: SLAPolicy) -> CellFigures:
        """Return the figures of some cells."""
        return cls(
            counted_us(cells_us, policy.accounting.down_cells),
            verdict(cells_us, policy.accounting, policy.target_ratio),
        )

    def as_dict(self) -> dict[str, object]:
        """Return them in JSON types."""
        return {"downtime_seconds": self.downtime_us / SECOND_US, "verdict": str(self.verdict)}


@dataclass(frozen=True, slots=True)
class WaitingDay:
    """A stored day that differs from the facts and waits for a person.

    Attributes:
        key: whose day.
        cause: why it waits.
        stored: the day as it is stored, with its cells and `rows_read`.
        measured: the day as the rows have it now.
    """

    key: DayKey
    cause: WaitingCause
    stored: MeasuredDay
    measured: MeasuredDay

    @property
    def date(self) -> dt.date:
        """The local date."""
        return self.key.date

    @property
    def cause_text(self) -> str:
        """Why it waits, in words."""
        return CAUSE_TEXTS[self.cause]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What a reconciliation found and did.

    Attributes:
        subject: the tenant, as of when.
        checked: how many stored days were measured again.
        restated: the stored days whose cells were rewritten; each is an entry of the trail.
        refreshed: dates whose cells are the same and whose other readings or count of rows were rewritten.
        waiting: the days that differ and are left alone, by date; none with `apply`.
        incomplete: dates of stored days that cannot be measured, for rows of them may be purged.
    """

    subject: Subject
    checked: int
    restated: tuple[Restatement, ...]
    refreshed: tuple[dt.date, ...]
    waiting: tuple[WaitingDay, ...]
    incomplete: tuple[dt.date, ...]

    def figures(self, cells_us: CellLengths) -> CellFigures:
        """Return what cells of a day come to under the tenant's policy."""
        return CellFigures.of(cells_us, self.subject.policy)

    def as_dict(self) -> dict[str, object]:
        """Return it in JSON types: dates as YYYY-MM-DD, figures before and after."""
        return {
            "tenant_id": self.subject.tenant_id,
            "checked": self.checked,
            "restated": [self._restated_dict(restatement) for restatement in self.restated],
            "refreshed": [date.isoformat() for date in self.refreshed],
            "waiting": [self._waiting_dict(day) for day in self.waiting],
            "incomplete": [date.isoformat() for date in self.incomplete],
        }

    def _restated_dict(self, restatement: Restatement) -> dict[str, object]:
        return {
            "date": restatement.key.date.isoformat(),
            "old": self.figures(restatement.old_cells_us).as_dict(),
            "new": self.figures(restatement.new_cells_us).as_dict(),
        }

    def _waiting_dict(self, day: WaitingDay) -> dict[str, object]:
        return {
            "date": day.date.isoformat(),
            "cause": str(day.cause),
            "text": day.cause_text,
            "stored": {**self.figures(day.stored.cells_us).as_dict(), "rows": day.stored.rows_read},
            "now": {**self.figures(day.measured.cells_us).as_dict(), "rows": day.measured.rows_read},
        }
