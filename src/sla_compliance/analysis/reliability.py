"""Reliability: how often a service fails, how long it takes to restore, and how soon people see it."""
################################################################
# A failure is an outage of which some time in the period counts as down. A
# restoration is an outage that ended in the period; its length is that of the whole
# outage, never cut at the period's start. One that is still open is in no mean.
#
#     mean up         counted uptime / failures        MTBF, as IEC 60050-192 has it
#     mean down       counted downtime / failures
#     mean between    counted time / failures          MTBSI
#     availability    mean up / (mean up + mean down)
#
# Percentiles are nearest ranks, so each is a length that was observed.
#
# An outage ends in the period that holds its last instant: one that is over exactly
# at midnight belongs to the day before.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Final, Literal, get_args

from sla_compliance.analysis.shown_values import downtime_fact, length_fact, seconds
from sla_compliance.checks import wrong_value
from sla_compliance.drawing.preview import Preview, Previewed
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.units import length_text
from sla_compliance.verdicts import counted_us

Clock = Literal["elapsed", "counted"]
_P95: Final = Fraction(95, 100)
_MEDIAN: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reliability(Previewed):
    """How reliable a service was in one period. Lengths are microseconds, means exact; None where there is no case.

    Attributes:
        start, end: the period, aware, in the tenant's zone.
        failures: how many outages counted.
        mean_up_us, mean_down_us, mean_between_us: counted uptime, downtime and time of both for each failure.
        restorations: how many outages ended in the period.
        mttr_us, median_us, p95_us, longest_us: mean, median, 95th percentile and maximum of their lengths.
        still_open: how many outages last at the instant of evaluation.
        oldest_open_us: how long the longest of them has lasted.
        raised: how many qualifying alarms were raised in the period.
        acknowledged: how many of them were acknowledged by now.
        mtta_us: the mean time from raising to acknowledgement, of the alarms acknowledged in the period.
        acknowledged_before_raised: how many are left out of that, since they were acknowledged before they were raised.
    """

    start: datetime
    end: datetime
    failures: int
    mean_up_us: Fraction | None
    mean_down_us: Fraction | None
    mean_between_us: Fraction | None
    restorations: int
    mttr_us: Fraction | None
    median_us: int | None
    p95_us: int | None
    longest_us: int | None
    still_open: int
    oldest_open_us: int | None
    raised: int
    acknowledged: int
    mtta_us: Fraction | None
    acknowledged_before_raised: int

    @property
    def acknowledged_share(self) -> Fraction | None:
        """The share of the raised alarms that were acknowledged; None where none was raised."""
        return Fraction(self.acknowledged, self.raised) if self.raised else None

    def as_dict(self) -> dict[str, object]:
        """Return the figures in JSON types, lengths in seconds."""
        share = self.acknowledged_share
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "failures": self.failures,
            "mean_up_seconds": seconds(self.mean_up_us),
            "mean_down_seconds": seconds(self.mean_down_us),
            "mean_between_seconds": seconds(self.mean_between_us),
            "restorations": self.restorations,
            "mttr_seconds": seconds(self.mttr_us),
            "median_seconds": seconds(self.median_us),
            "p95_seconds": seconds(self.p95_us),
            "longest_seconds": seconds(self.longest_us),
            "still_open": self.still_open,
            "oldest_open_seconds": seconds(self.oldest_open_us),
            "raised": self.raised,
            "acknowledged": self.acknowledged,
            "acknowledged_percentage": None if share is None else float(share * 100),
            "mtta_seconds": seconds(self.mtta_us),
            "acknowledged_before_raised": self.acknowledged_before_raised,
        }

    def explain(self) -> str:
        """Return the figures in words, one a line."""
        lines = [f"{self.start.isoformat()} to {self.end.isoformat()}: {self.failures} failures"]
        if self.mean_up_us is not None and self.mean_down_us is not None:
            lines.append(f"mean time up {_text(self.mean_up_us)}, down {_text(self.mean_down_us)} for each")
        if self.mttr_us is not None and self.median_us is not None:
            lines.append(
                f"{self.restorations} restored: mean {_text(self.mttr_us)}, median {_text(self.median_us)},"
                f" longest {_text(self.longest_us or 0)}"
            )
        if self.still_open:
            lines.append(f"{self.still_open} still open, for {_text(self.oldest_open_us or 0)}")
        if self.mtta_us is not None:
            lines.append(
                f"{self.acknowledged} of {self.raised} alarms acknowledged, on average after {_text(self.mtta_us)}"
            )
        return "\n".join(lines)

    def _preview(self) -> Preview:
        return Preview(
            heading=f"{self.start.isoformat()} to {self.end.isoformat()}",
            facts=[
                ("failures", f"{self.failures:,}"),
                *length_fact("mean time up", self.mean_up_us),
                *downtime_fact("mean time down", self.mean_down_us),
                *length_fact("mean time between failures", self.mean_between_us),
                ("restorations", f"{self.restorations:,}"),
                *downtime_fact("mean time to restore", self.mttr_us),
                *downtime_fact("median", self.median_us),
                *downtime_fact("95th percentile", self.p95_us),
                *downtime_fact("longest", self.longest_us),
                ("still open", f"{self.still_open:,}"),
                *downtime_fact("oldest open", self.oldest_open_us),
                ("acknowledged", f"{self.acknowledged:,} of {self.raised:,} alarms"),
                *downtime_fact("mean time to acknowledge", self.mtta_us),
            ],
        )


@dataclass(frozen=True, slots=True)
class _Outages:
    """The outages of a period.

    Attributes:
        counted_us: the counted downtime in the period of each that has some.
        restored_us: the length of each that ended in the period, ascending.
        open_us: how long each that still lasts has lasted.
    """

    counted_us: Sequence[int]
    restored_us: Sequence[int]
    open_us: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Acknowledgements:
    """How people took on the alarms of a period.

    Attributes:
        raised: how many alarms were raised in the period.
        acknowledged: how many of them were acknowledged by now.
        delays_us: from raising to acknowledgement, of the alarms acknowledged in the period; below 0 where that came
            before.
    """

    raised: int
    acknowledged: int
    delays_us: Sequence[int]


def reliability(
    report: ComplianceReport, record: ComplianceRecord | None = None, *, clock: Clock = "elapsed"
) -> Reliability:
    """Return how reliable a service was in a report's window, or in one of its periods.

    Args:
        record: one of the report's, under any accounting; by default that of the whole window.
        clock: "elapsed": restorations take the time that passed; "counted": the part of it that counted as down, as
            far as the report's window reaches.

    Raises:
        InvalidTypeError: `record` is no record.
        InvalidValueError: `clock` is none of both.

    Cost: one sum of cells for each outage that meets the period, and one pass over the alarms.

    Source:
        IEC 60050-192:2015; ITIL Service Design. docs/definitions.md#reliability
    """
    record = report.checked_record(record)
    if clock not in get_args(Clock):
        raise wrong_value(clock, "clock", "'elapsed' or 'counted'")
    outages = _outages(report, record, clock)
    failures, restored_us = len(outages.counted_us), outages.restored_us
    acknowledgements = _acknowledgements(report, record)
    delays_us = acknowledgements.delays_us
    useful_delays_us = [delay for delay in delays_us if delay >= 0]
    return Reliability(
        start=record.start,
        end=record.end,
        failures=failures,
        mean_up_us=_mean(record.uptime_us, failures),
        mean_down_us=_mean(record.downtime_us, failures),
        mean_between_us=_mean(record.observed_us, failures),
        restorations=len(restored_us),
        mttr_us=_mean(sum(restored_us), len(restored_us)),
        median_us=_nearest_rank(restored_us, _MEDIAN),
        p95_us=_nearest_rank(restored_us, _P95),
        longest_us=restored_us[-1] if restored_us else None,
        still_open=len(outages.open_us),
        oldest_open_us=max(outages.open_us, default=None),
        raised=acknowledgements.raised,
        acknowledged=acknowledgements.acknowledged,
        mtta_us=_mean(sum(useful_delays_us), len(useful_delays_us)),
        acknowledged_before_raised=len(delays_us) - len(useful_delays_us),
    )


def _outages(report: ComplianceReport, record: ComplianceRecord, clock: Clock) -> _Outages:
    """Return the outages that meet a record's part."""
    ledger, down_cells = report.ledger, record.accounting.down_cells
    down = ledger.down
    counted: list[int] = []
    restored: list[int] = []
    still_open: list[int] = []
    last_of_open_us = report.as_of_us if report.is_down_now else None
    for rank in down.pieces_meeting(record.start_us, record.end_us):
        start_us, end_us = down.starts_us[rank], down.ends_us[rank]
        inside_us = max(start_us, record.start_us), min(end_us, record.end_us)
        downtime_us = counted_us(ledger.cells_us(*inside_us), down_cells)
        if downtime_us:
            counted.append(downtime_us)
        if end_us == last_of_open_us:
            still_open.append(end_us - start_us)
        elif end_us <= record.end_us:
            is_elapsed = clock == "elapsed"
            length_us = end_us - start_us if is_elapsed else counted_us(ledger.cells_us(start_us, end_us), down_cells)
            restored.append(length_us)
    return _Outages(counted, sorted(restored), still_open)


def _acknowledgements(report: ComplianceReport, record: ComplianceRecord) -> _Acknowledgements:
    """Return how people took on the alarms of a record's part, by what was known at the instant of evaluation."""
    qualifying = report.qualifying
    acknowledged_us = qualifying.columns.get("acknowledged_at", (None,) * len(qualifying))
    start_us, end_us = record.start_us, min(record.end_us, report.as_of_us)
    raised = acknowledged = 0
    delays_us: list[int] = []
    for raised_at_us, acknowledged_at_us in zip(qualifying.starts_us, acknowledged_us, strict=True):
        is_known = acknowledged_at_us is not None and acknowledged_at_us < report.as_of_us
        if start_us <= raised_at_us < end_us:
            raised += 1
            acknowledged += is_known
        if is_known and start_us <= acknowledged_at_us < end_us:
            delays_us.append(acknowledged_at_us - raised_at_us)
    return _Acknowledgements(raised, acknowledged, delays_us)


def _mean(total_us: int, count: int) -> Fraction | None:
    return Fraction(total_us, count) if count else None


def _nearest_rank(lengths_us: Sequence[int], share: Fraction) -> int | None:
    """Return the smallest of some ascending lengths that at least this share of them does not exceed."""
    return lengths_us[ceil(share * len(lengths_us)) - 1] if lengths_us else None


def _text(length_us: Fraction | int) -> str:
    """Return a length in words, rounded to the microsecond."""
    return length_text(round(length_us))
