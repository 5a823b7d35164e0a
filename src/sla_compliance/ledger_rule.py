"""LedgerRule: from columns of alarms to a ledger, with work it caused and monitoring gaps."""
################################################################
# Where work excuses only what it caused, which maintenance excuses depends on the
# outages, so the contract is settled for each ledger: for the record and for each
# reading by the outages of its own.
#
# A monitor misses a poll now and then. An unmonitored stretch, of what alarms
# leave, that is shorter than `monitor_gap` and lies between two monitored instants
# of one state has that state. Longer ones stay unknown, and so does one whose ends
# differ.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sla_compliance.contract import Contract
from sla_compliance.downtime import ActiveTime, AlarmTimes, Downtime, DowntimeRule
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, NEVER, IntervalSet
from sla_compliance.labels import State
from sla_compliance.ledger import Frame, Ledger


@dataclass(frozen=True, slots=True)
class LedgerRule:
    """What turns columns of alarms into a ledger.

    Attributes:
        contract: what was owed and watched.
        frame: the window cut by it.
        downtime: what turns alarms into downtime.
        monitor_gap_us: unmonitored stretches shorter than this are bridged.
    """

    contract: Contract
    frame: Frame
    downtime: DowntimeRule
    monitor_gap_us: int

    @property
    def alters_time_around_doubt(self) -> bool:
        """Whether what an alarm says may alter time at which no alarm is active, or another one is."""
        policy = self.downtime.policy
        return bool(policy.margin_us or self.monitor_gap_us) or policy.planned_work.excuses == "caused"

    def measure(self, times: AlarmTimes, in_doubt: IntervalSet = NEVER) -> Measurement:
        """Return the measurement of some alarms.

        Args:
            in_doubt: further time that is down, which no window excuses.
        """
        return self.measure_active(times, self.downtime.active_time(times), in_doubt)

    def measure_active(self, times: AlarmTimes, active: ActiveTime, in_doubt: IntervalSet = NEVER) -> Measurement:
        """Return the measurement of some alarms of which it is known when any is active."""
        downtime = self.downtime.downtime_of(active.with_doubt(in_doubt))
        settled = self._settled_by(downtime.outages)
        if settled.contract.targeted != self.contract.targeted:
            settled_active = settled.downtime.active_time(times)
            downtime = settled.downtime.downtime_of(settled_active.with_doubt(in_doubt))
        return Measurement(times, active, self, settled, settled._ledger_of(downtime))

    def _settled_by(self, outages: IntervalSet) -> LedgerRule:
        """Return this rule under the contract that some outages leave."""
        if self.downtime.policy.planned_work.excuses != "caused":
            return self
        contract = self.contract.with_caused_only(outages, self.frame.edges_us[0], self.frame.edges_us[-1])
        downtime = replace(self.downtime, targeted=contract.targeted)
        return replace(self, contract=contract, frame=self.frame.under(contract), downtime=downtime)

    def _ledger_of(self, downtime: Downtime) -> Ledger:
        """Return the ledger of some downtime, with short gaps of monitoring bridged."""
        bridged = self._bridged(downtime) if self.monitor_gap_us else {}
        if not bridged:
            return Ledger(self.frame, downtime.outages, downtime.excused_by_maintenance, downtime.excused_otherwise)
        by_maintenance, otherwise = bridged[State.EXCUSED_MAINTENANCE], bridged[State.EXCUSED_OTHER]
        contract = replace(self.contract, monitored=self.contract.monitored | bridged[State.UP])
        return Ledger(
            self.frame.under(contract),
            IntervalSet.union([downtime.outages, bridged[State.DOWN], by_maintenance, otherwise]),
            downtime.excused_by_maintenance | by_maintenance,
            downtime.excused_otherwise | otherwise,
        )

    def _bridged(self, downtime: Downtime) -> Mapping[State, IntervalSet]:
        """Return the stretches that are bridged by the state that they get; empty where none is."""
        unmonitored = self.contract.monitored.complement(ALWAYS_START_US, ALWAYS_END_US)
        pairs: dict[State, list[tuple[int, int]]] = defaultdict(list)
        for start, end in unmonitored - downtime.outages:
            if end - start < self.monitor_gap_us and end < self.frame.as_of_us:
                before, after = self._monitored_state(start - 1, downtime), self._monitored_state(end, downtime)
                if before is not None and before is after:
                    pairs[before].append((start, end))
        states = (State.UP, State.DOWN, State.EXCUSED_MAINTENANCE, State.EXCUSED_OTHER)
        return {state: IntervalSet.from_pairs(pairs[state]) for state in states} if pairs else {}

    def _monitored_state(self, instant_us: int, downtime: Downtime) -> State | None:
        """Return the state of a monitored instant; None where it is not monitored."""
        if instant_us not in self.contract.monitored:
            return None
        if instant_us not in downtime.outages:
            return State.UP
        if instant_us in downtime.excused_by_maintenance:
            return State.EXCUSED_MAINTENANCE
        return State.EXCUSED_OTHER if instant_us in downtime.excused_otherwise else State.DOWN


@dataclass(frozen=True, slots=True)
class Measurement:
    """A ledger and what it was made of.

    Attributes:
        times: when each alarm was active.
        active: when any was.
        rule: what turns alarms into a ledger, before any outage is known.
        settled_rule: the same under the contract that the ledger's outages leave.
        ledger: what came of it.
    """

    times: AlarmTimes
    active: ActiveTime
    rule: LedgerRule
    settled_rule: LedgerRule
    ledger: Ledger
