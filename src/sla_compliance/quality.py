"""Data quality: what a reader must know about the rows behind the figures."""
################################################################
# Nothing here changes a figure. It says what was set aside, what was assumed,
# what is open and unseen for long (rows that nobody ever clears are common) and
# how much downtime only those cause, and which exclusions met no alarm.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Final

from sla_compliance.alarms import AlarmFilter, Severity
from sla_compliance.batch import AlarmBatch, ClampedFigure
from sla_compliance.downtime import DowntimeRule
from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import Accounting
from sla_compliance.ledger import Ledger
from sla_compliance.records import counted_us
from sla_compliance.units import DAY_US, MICROSECOND, SECOND_US, length_text
from sla_compliance.validation import RejectedRow

STALE_AFTER: Final = timedelta(days=7)
"""Open alarms unseen for longer than this are listed as stale."""


@dataclass(frozen=True, slots=True)
class TargetedEffect:
    """What an exclusion of some alarms took out.

    Attributes:
        name: the exclusion.
        alarms: how many alarms it cut.
        taken_out_us: the time inside the window and its own windows at which one of them was raised.
    """

    name: str
    alarms: int
    taken_out_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuality:
    """What a reader must know about the rows behind a report.

    Attributes:
        rejected: bad rows set aside.
        open_alarms: qualifying alarms of the window that are still active.
        stale_alarms: those of them unseen for more than 7 days.
        stale_only_downtime_us: counted downtime that no other alarm causes.
        downtime_us: all counted downtime.
        assumed_ends: alarms that say cleared or resolved without a time; they end when last seen.
        raised_in_1970: alarms raised on 1970-01-01, by a clock never set; they count.
        overwritten_severities: rows of the window whose severity was overwritten with "cleared"; none counts.
        clamped: measured shares that lay outside 0-100 %.
        unmatched_exclusions: exclusions of some alarms that no alarm here can match.
        targeted_effects: what the others took out.
    """

    rejected: tuple[RejectedRow, ...]
    open_alarms: int
    stale_alarms: int
    stale_only_downtime_us: int
    downtime_us: int
    assumed_ends: int
    raised_in_1970: int
    overwritten_severities: int
    clamped: tuple[ClampedFigure, ...]
    unmatched_exclusions: tuple[str, ...]
    targeted_effects: tuple[TargetedEffect, ...]

    @property
    def stale_only_ratio(self) -> Fraction | None:
        """Share of the downtime that only stale alarms cause; None where there is no downtime."""
        return Fraction(self.stale_only_downtime_us, self.downtime_us) if self.downtime_us else None

    def lines(self) -> tuple[str, ...]:
        """Return one sentence for each thing worth saying; empty where there is nothing."""
        return (
            *self._row_lines(),
            *self._open_lines(),
            *(f"{name} can match no alarm here" for name in self.unmatched_exclusions),
            *(
                f"{effect.name} took {_count(effect.alarms, 'alarm')} out for {length_text(effect.taken_out_us)}"
                for effect in self.targeted_effects
            ),
        )

    def _row_lines(self) -> list[str]:
        facts = [
            (
                len(self.rejected),
                "bad row",
                f"set aside, the first: {self.rejected[0].reasons[0]}" if self.rejected else "",
            ),
            (self.assumed_ends, "alarm", "cleared or resolved without a time, ended when last seen"),
            (self.raised_in_1970, "alarm", "raised on 1970-01-01 by a clock never set, counted"),
            (
                self.overwritten_severities,
                "row",
                "with its severity overwritten by 'cleared': an outage once, not counted",
            ),
            (len(self.clamped), "measured share", "outside 0-100 %, clamped"),
        ]
        return [f"{_count(number, noun)} {said}" for number, noun, said in facts if number]

    def _open_lines(self) -> list[str]:
        lines = []
        if self.open_alarms > self.stale_alarms:
            lines.append(f"{_count(self.open_alarms - self.stale_alarms, 'alarm')} open and seen within 7 days")
        if self.stale_alarms:
            unseen = f"{_count(self.stale_alarms, 'alarm')} open and unseen for 7 days"
            verb = "causes" if self.stale_alarms == 1 else "cause"
            lines.append(f"{unseen} {verb} {_share(self.stale_only_ratio or Fraction(0))} of the downtime")
        return lines

    def as_dict(self) -> dict[str, object]:
        """Return it in JSON types: counts, seconds and the sentences."""
        return {
            "rejected_rows": [reason for row in self.rejected for reason in row.reasons],
            "open_alarms": self.open_alarms,
            "stale_alarms": self.stale_alarms,
            "stale_only_downtime_seconds": self.stale_only_downtime_us / SECOND_US,
            "assumed_ends": self.assumed_ends,
            "raised_in_1970": self.raised_in_1970,
            "overwritten_severities": self.overwritten_severities,
            "clamped_figures": [figure.raw_percentage for figure in self.clamped],
            "unmatched_exclusions": list(self.unmatched_exclusions),
            "lines": list(self.lines()),
        }


def data_quality(
    batch: AlarmBatch, qualifying: AlarmBatch, *, ledger: Ledger, rule: DowntimeRule, accounting: Accounting
) -> DataQuality:
    """Return the quality of the rows behind a ledger.

    Args:
        batch: all rows of the source.
        qualifying: those that qualify.
        ledger: what was made of them.
        rule: how.
        accounting: what counts as downtime.
    """
    raised = [row for row in qualifying.active_rows if qualifying.starts_us[row] < min(ledger.end_us, rule.as_of_us)]
    stale = set(rule.unseen_rows(qualifying, STALE_AFTER // MICROSECOND)).intersection(raised)
    downtime_us = counted_us(ledger.cells_us(), accounting.down_cells)
    return DataQuality(
        rejected=batch.rejected,
        open_alarms=len(raised),
        stale_alarms=len(stale),
        stale_only_downtime_us=downtime_us - _downtime_without(stale, qualifying, ledger, rule, accounting),
        downtime_us=downtime_us,
        assumed_ends=sum(qualifying.is_end_assumed or ()),
        raised_in_1970=sum(0 <= start < DAY_US for start in qualifying.starts_us),
        overwritten_severities=_overwritten(batch, ledger, rule.policy.qualifying),
        clamped=batch.clamped,
        unmatched_exclusions=tuple(part.name for part in rule.targeted if not part.can_match(qualifying)),
        targeted_effects=tuple(_effects(qualifying, ledger, rule)),
    )


def _downtime_without(
    rows: set[int], qualifying: AlarmBatch, ledger: Ledger, rule: DowntimeRule, accounting: Accounting
) -> int:
    """Return the counted downtime of all alarms but some."""
    if not rows:
        return counted_us(ledger.cells_us(), accounting.down_cells)
    others = qualifying.take([row for row in range(len(qualifying)) if row not in rows])
    return counted_us(Ledger(ledger.frame, rule.outages(others)).cells_us(), accounting.down_cells)


def _overwritten(batch: AlarmBatch, ledger: Ledger, wanted: AlarmFilter) -> int:
    counts = Severity.CLEARED in wanted.severities
    severities: Sequence[object] = () if counts else batch.columns.get("severity", ())
    return sum(
        severity is Severity.CLEARED and start < ledger.end_us and end > ledger.start_us
        for severity, start, end in zip(severities, batch.starts_us, batch.ends_us, strict=False)
    )


def _effects(qualifying: AlarmBatch, ledger: Ledger, rule: DowntimeRule) -> Iterator[TargetedEffect]:
    """Yield what each targeted exclusion took out, of those that took something."""
    matches = rule.matches(qualifying) if rule.targeted else {}
    starts_us, ends_us = qualifying.starts_us, rule.ends_us(qualifying)
    for index, exclusion in enumerate(rule.targeted):
        windows = exclusion.windows.clip(ledger.start_us, min(ledger.end_us, rule.as_of_us))
        matching = [row for indices, rows in matches.items() if index in indices for row in rows]
        cut = [row for row in matching if windows.clip(starts_us[row], ends_us[row])]
        raised = IntervalSet.union_of(map(starts_us.__getitem__, cut), map(ends_us.__getitem__, cut))
        if cut:
            yield TargetedEffect(exclusion.name, len(cut), (raised & windows).total_us)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _share(ratio: Fraction) -> str:
    percentage = int(ratio * 100)
    return f"{percentage} %" if percentage or not ratio else "under 1 %"
