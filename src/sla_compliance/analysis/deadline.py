"""Deadline: until when one outage may last, from now on, before a period is lost."""
################################################################
# The deadline is the latest instant x such that one outage [as_of, x), and nothing
# else down after it, leaves the period's slack (slack.py) at 0 or above. A period
# that has not begun loses nothing before its start.
#
# Two ledgers are compared: the report's own, and that of an outage without an end,
# made by the same rules. Until any instant the outage costs the slack of the one
# less that of the other. So the pieces of both frames are walked from as_of on until
# the slack is spent. What the outage makes of time before as_of, because it bridges
# a gap or makes a short outage long enough to count, is spent first.
#
# An outage shorter than min_outage counts for nothing: as long as the one at as_of
# is, its end may wait until just before it is long enough.
#
# Targeted exclusions do not soften the outage, for nobody knows what its alarms will
# be. Where work excuses only what it caused, work that begins during the outage
# excuses nothing of it.
################################################################

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

from sla_compliance.analysis.slack import cost_us, slack_us
from sla_compliance.intervals import IntervalSet
from sla_compliance.ledger import Ledger
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport


@dataclass(frozen=True, slots=True)
class EndlessOutage:
    """What one outage from a report's instant of evaluation on costs of a record.

    Attributes:
        record: whose slack it costs.
        ledger: the report's own.
        endless: the ledger with the outage.
        as_of_us: the instant of evaluation.
        start_us: since when the outage lasts: of the active time that it continues, else the instant of evaluation.
        min_outage_us: how long an outage is at least that counts.
    """

    record: ComplianceRecord
    ledger: Ledger
    endless: Ledger
    as_of_us: int
    start_us: int
    min_outage_us: int

    @classmethod
    def of(cls, report: ComplianceReport, record: ComplianceRecord) -> EndlessOutage:
        """Return the outage of a report, for a record that is not over at the instant of evaluation."""
        as_of_us, policy, measurement = report.as_of_us, report.policy, report.measurement
        # Beyond the record's end too, so that an outage that begins just before it is long enough to count.
        to_come = IntervalSet((as_of_us,), (record.end_us + policy.min_outage_us,))
        endless = measurement.rule.measure(measurement.times, to_come).ledger
        rank = bisect_right(endless.down.starts_us, as_of_us) - 1
        return cls(record, report.ledger, endless, as_of_us, endless.down.starts_us[rank], policy.min_outage_us)

    @property
    def deadline_us(self) -> int | None:
        """By when it has to be over; None where it cannot lose the period any more."""
        latest_us = self._spent_at_us()
        if latest_us is None:
            return None
        # Of an outage that is long enough already, the second instant lies before as_of, and so before the first.
        return max(latest_us, self.start_us + self.min_outage_us - 1)

    def _spent_at_us(self) -> int | None:
        """Return the latest instant until which the slack lasts, if the outage counts; None where it is never spent."""
        left_us = slack_us(self.record) - self._cost_us(self.record.start_us, self._first_us)
        if left_us < 0:
            return self._first_us
        for start_us, end_us in self._pieces_to_come():
            piece_cost_us = self._cost_us(start_us, end_us)
            if left_us < piece_cost_us:
                return start_us + floor(left_us * (end_us - start_us) / piece_cost_us)
            left_us -= piece_cost_us
        return None

    @property
    def _first_us(self) -> int:
        """From when on time of the record is to come."""
        return max(self.as_of_us, self.record.start_us)

    def _pieces_to_come(self) -> list[tuple[int, int]]:
        """Return the stretches of the record to come in which no scope or state changes but by the outage."""
        edges = {*self.ledger.frame.edges_us, *self.endless.frame.edges_us, self._first_us, self.record.end_us}
        return list(pairwise(sorted(edge for edge in edges if self._first_us <= edge <= self.record.end_us)))

    def _cost_us(self, start_us: int, end_us: int) -> Fraction:
        return cost_us(self.record, self.ledger, self.endless, start_us, end_us)
