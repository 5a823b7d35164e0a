"""Projection: what is left of a period's error budget if the service is down at some further times."""
################################################################
# The further outages are measured with the alarms by the report's own rule, damping
# included, as far as they lie in the period. All other time to come is taken as up.
# So, once the period is over, the figures are those of evaluate() with these outages
# among the alarms.
#
# As for the deadline (deadline.py), targeted exclusions do not soften an outage of
# which no alarm is known; windows for everybody and service hours do.
################################################################

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from sla_compliance.analysis.shown_values import left_text, seconds_down
from sla_compliance.analysis.slack import slack_us
from sla_compliance.certainty import CERTAIN
from sla_compliance.contract import Times, times
from sla_compliance.labels import State
from sla_compliance.ledger import summed_cells
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.units import SECOND_US, length_text
from sla_compliance.verdicts import Verdict, verdict, with_all_to_come_as


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectedBudget:
    """The error budget of one period if the service is down at some further times.

    Attributes:
        record: of the period with these outages; its cells still hold the time to come in which nothing is down.
        added_us: by how much they raise the counted downtime, microseconds.
        left_us: what is left then, exact; below 0 where the period is lost.
        verdict: at the end of the period, if nothing else is down.
    """

    record: ComplianceRecord
    added_us: int
    left_us: Fraction
    verdict: Verdict

    def as_dict(self) -> dict[str, object]:
        """Return the projection in JSON types: lengths in seconds, what is left rounded down to the microsecond."""
        return {
            "start": self.record.start.isoformat(),
            "end": self.record.end.isoformat(),
            "added_seconds": self.added_us / SECOND_US,
            "spent_seconds": self.record.downtime_us / SECOND_US,
            "left_seconds": seconds_down(self.left_us),
            "verdict": str(self.verdict),
        }

    def explain(self) -> str:
        """Return the projection in words, in one line."""
        added, left = length_text(self.added_us), left_text(self.left_us)
        return f"{added} more counted downtime: {left}, {self.verdict} if nothing else is down"


def projected_budget(
    report: ComplianceReport, outages: Times, record: ComplianceRecord | None = None
) -> ProjectedBudget:
    """Return the error budget of a report's window, or of one of its periods, with further outages.

    Args:
        outages: (start, end) pairs of aware datetimes, in any order; or a set of instants.
        record: one of the report's, under any target and accounting; by default that of the whole window.

    Raises:
        InvalidTypeError: `outages` is no list of pairs, or `record` no record.
        NaiveDatetimeError, InstantOutOfRangeError, InvalidIntervalError: naming a pair.

    Cost: one more measurement of the alarms.

    Source:
        docs/definitions.md#error-budget

    >>> import datetime as dt, sla_compliance as sla
    >>> first, tenth = dt.datetime(2026, 10, 1, tzinfo=dt.UTC), dt.datetime(2026, 10, 10, tzinfo=dt.UTC)
    >>> last = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    >>> cut = sla.Alarm(first, first + dt.timedelta(minutes=30))
    >>> report = sla.evaluate([cut], start=first, end=last, zone="UTC", as_of=tenth)
    >>> projected_budget(report, [(tenth, tenth + dt.timedelta(minutes=10))]).explain()
    '10 min more counted downtime: left 4 min 38.4 s, MET if nothing else is down'
    """
    record = report.checked_record(record)
    measurement = report.measurement
    ledger = measurement.rule.measure(measurement.times, times(outages, "outages")).ledger
    day_cells_us = ledger.day_cells_between_us(record.start_us, record.end_us)
    projected = replace(record, cells_us=summed_cells(day_cells_us), day_cells_us=day_cells_us, certainty=CERTAIN)
    best_cells_us = with_all_to_come_as(State.UP, projected.cells_us)
    return ProjectedBudget(
        record=projected,
        added_us=projected.downtime_us - record.downtime_us,
        left_us=slack_us(projected),
        verdict=verdict(best_cells_us, record.accounting, record.target_ratio),
    )
