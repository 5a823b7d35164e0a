"""Evaluation: what an evaluation needs beside the alarms, checked, and the reports of it."""
################################################################
# This is the one place where the arguments stand and are checked. What follows from
# them (contract, frame, rule of downtime) is computed once, for all reports of a
# call; in an inventory once for all units of the same terms.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NotRequired, TypedDict, get_args

from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.checks import check_order, check_type, listed, wrong_value
from sla_compliance.contract import PAIRS, Contract, Pair, Times, hours_within, read_contract, times
from sla_compliance.downtime import DowntimeRule
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.inventory import Inventory, Unit
from sla_compliance.keyed_rows import KeyedRows
from sla_compliance.lazy import LazyValue, lazy_property
from sla_compliance.ledger import Frame
from sla_compliance.ledger_rule import LedgerRule
from sla_compliance.policy import SLAPolicy
from sla_compliance.readings import NO_KEYLESS_ROWS, KeylessRows, Unkeyed, keyless_rows
from sla_compliance.report import ComplianceReport
from sla_compliance.targeting import matches_of
from sla_compliance.units import MIN_US, instant_us, length_us
from sla_compliance.zones import load_zone

_UNKEYED: Final = get_args(Unkeyed)


class EvaluationKeywords(TypedDict):
    """The fields of EvaluationArguments as keywords, for type checkers."""

    start: datetime
    end: datetime
    zone: str
    as_of: datetime
    policy: NotRequired[SLAPolicy]
    maintenance: NotRequired[Iterable[MaintenanceWindow | Pair]]
    exclusions: NotRequired[Iterable[Exclusion | Pair]]
    service_hours: NotRequired[ServiceHours | Times | None]
    in_service: NotRequired[Times | None]
    monitored: NotRequired[Times | None]
    monitor_gap: NotRequired[timedelta]


@dataclass(frozen=True, kw_only=True)
class EvaluationArguments(LazyValue):
    """All that an evaluation needs but the alarms, checked when it is made; `dataclasses.replace` changes some.

    Attributes:
        start, end: the window, aware, half-open.
        zone: the tenant's zone, an IANA name; its local days are the report's days.
        as_of: the instant of evaluation, aware; nothing at or after it is known.
        policy: target, filter, accounting, damping.
        maintenance: MaintenanceWindow, or pairs of aware datetimes.
        exclusions: Exclusion, or pairs of aware datetimes.
        service_hours: the agreed hours; None is always, an empty iterable is never.
        in_service: from activation to termination, pairs; None is always.
        monitored: when an outage would have been seen, pairs; None is always.
        monitor_gap: unmonitored stretches shorter than this, between two monitored instants of one state, have it.

    Raises:
        SLAComplianceError: an argument is bad; a ValueError or TypeError that names it.
    """

    start: datetime
    end: datetime
    zone: str
    as_of: datetime
    policy: SLAPolicy = SLAPolicy()
    maintenance: Iterable[MaintenanceWindow | Pair] = ()
    exclusions: Iterable[Exclusion | Pair] = ()
    service_hours: ServiceHours | Times | None = None
    in_service: Times | None = None
    monitored: Times | None = None
    monitor_gap: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        check_order(self.start_us, self.end_us, start=self.start, end=self.end)
        check_type(self.policy, SLAPolicy, "policy", "an SLAPolicy")
        load_zone(self.zone)
        length_us(self.monitor_gap, field="monitor_gap")
        # An iterable can be read once only, and `replace` reads it again.
        for name in ("maintenance", "exclusions"):
            object.__setattr__(self, name, tuple(listed(getattr(self, name), name, PAIRS)))
        for name in ("service_hours", "in_service", "monitored"):
            value = getattr(self, name)
            if not (value is None or isinstance(value, ServiceHours)):
                object.__setattr__(self, name, times(value, name))
        self.frame  # noqa: B018 - reads the contract, so that errors of windows are raised here

    @property
    def start_us(self) -> int:
        """Start of the window, microseconds."""
        return instant_us(self.start, field="start")

    @property
    def end_us(self) -> int:
        """End of the window, microseconds."""
        return instant_us(self.end, field="end")

    @property
    def as_of_us(self) -> int:
        """The instant of evaluation, microseconds."""
        return instant_us(self.as_of, field="as_of")

    @lazy_property
    def contract(self) -> Contract:
        """What was owed and watched, as sets of instants."""
        return read_contract(
            zone=self.zone,
            start_us=self.start_us,
            end_us=self.end_us,
            policy=self.policy,
            maintenance=self.maintenance,
            exclusions=self.exclusions,
            service_hours=self.service_hours,
            in_service=self.in_service,
            monitored=self.monitored,
        )

    @lazy_property
    def frame(self) -> Frame:
        """The window, cut wherever scope or state change besides downtime."""
        return self._frame(self.contract, self.zone)

    def _frame(self, contract: Contract, zone: str) -> Frame:
        return Frame.of(contract, start_us=self.start_us, end_us=self.end_us, zone=zone, as_of_us=self.as_of_us)

    @property
    def has_targeted_exclusions(self) -> bool:
        """Whether an exclusion excuses some alarms only, so that alarms are needed with their columns."""
        return bool(self.contract.targeted)

    def rows_needed_from_us(self, start_us: int) -> int:
        """Return from when on rows are needed for a part of the window that starts at an instant, microseconds.

        That is the start less the margin, or that of the work that reaches into the part: where work excuses only what
        it caused, an outage that was there when work began decides about all of it.
        """
        margin_us = self.policy.margin_us
        first_us = start_us - margin_us
        if self.policy.planned_work.excuses == "caused":
            # A microsecond more: what counts is whether it was down before the work began.
            # Work that begins inside the part, or after it, needs no row from before the margin.
            needed_from_us = [
                work_start_us - 1 - margin_us
                for work_start_us, work_end_us in self.contract.work
                if work_end_us > first_us
            ]
            first_us = min([first_us, *needed_from_us])
        return max(MIN_US, first_us)

    @property
    def needs_ancestors(self) -> bool:
        """Whether an exclusion reaches the children of alarms, so that alarms are needed with their ancestors."""
        return any(exclusion.with_children for exclusion in self.contract.targeted)

    def report(self, batch: AlarmBatch) -> ComplianceReport:
        """Return the report of one service's alarms."""
        return self._report(self.ledger_rule(self.contract, batch), self._with_matches(batch))

    def reports(
        self,
        batch: AlarmBatch,
        *,
        by: str,
        inventory: Inventory | Iterable[Hashable] | None = None,
        unkeyed: Unkeyed = "doubt",
    ) -> dict[Hashable, ComplianceReport]:
        """Return a report for each value of a column; arguments and errors as `evaluate_each`."""
        keyed = self.keyed_rows(batch, by, inventory)
        return dict(self.each_report(keyed, unkeyed=unkeyed))

    def keyed_rows(
        self, batch: AlarmBatch, by: str, inventory: Inventory | Iterable[Hashable] | None = None
    ) -> KeyedRows:
        """Return the rows of a batch by the keys that have a report."""
        return KeyedRows.of(self._with_matches(batch), by, inventory)

    def each_report(
        self, keyed: KeyedRows, *, unkeyed: Unkeyed = "doubt"
    ) -> Iterator[tuple[Hashable, ComplianceReport]]:
        """Yield each key and its report, made when it is asked for: the caller decides which of them it holds."""
        check_unkeyed(unkeyed)
        by, batch = keyed.column, keyed.batch
        keyless_batch = keyed.keyless_batch()
        rules = _UnitRules(self, batch)
        keyless = keyless_rows(keyless_batch, rules.rule_of(None), unkeyed)
        own_times = batch.monitored_by.get(by)
        input_rows = batch.rows_read
        named_keys = {key for exclusion in self.contract.targeted for key in exclusion.keys_of(by)}
        for text, key_batch in keyed.batches(with_keyless=unkeyed == "everybody"):
            unit = keyed.units[text]
            rule = rules.rule_of(unit)
            if text in named_keys:
                rule = rules.with_own_windows(rule, by, text)
            if own_times is not None:
                rule = rules.monitored_at(rule, own_times.get(text, NEVER))
            title = None if unit is None else unit.title
            yield keyed.keys[text], self._report(rule, key_batch, keyless, title=title, input_rows=input_rows)
        if unkeyed == "doubt" and keyed.has_report_without_key:
            yield None, self._report(rules.rule_of(None), keyless_batch, input_rows=input_rows)

    def _with_matches(self, batch: AlarmBatch) -> AlarmBatch:
        """Return the batch whose rows know which targeted exclusions match them."""
        targeted = self.contract.targeted
        return replace(batch, excluded_by=matches_of(batch, targeted)) if targeted else batch

    def ledger_rule(
        self, contract: Contract, batch: AlarmBatch, *, zone: str | None = None, policy: SLAPolicy | None = None
    ) -> LedgerRule:
        """Return what turns alarms of a source into a ledger under a contract.

        Args:
            batch: of that source; it may say which time it observed.
            zone, policy: those of a unit; None: these arguments' own.
        """
        if batch.monitored is not None:
            contract = replace(contract, monitored=contract.monitored & batch.monitored)
        is_own = contract is self.contract and zone is None
        return LedgerRule(
            contract=contract,
            frame=self.frame if is_own else self._frame(contract, zone or self.zone),
            downtime=DowntimeRule(policy or self.policy, self.as_of_us, contract.targeted),
            monitor_gap_us=length_us(self.monitor_gap, field="monitor_gap"),
        )

    def _report(
        self,
        rule: LedgerRule,
        batch: AlarmBatch,
        keyless: KeylessRows = NO_KEYLESS_ROWS,
        *,
        title: str | None = None,
        input_rows: int | None = None,
    ) -> ComplianceReport:
        qualifying = batch.qualifying(self.policy.qualifying)
        measurement = rule.measure(rule.downtime.times(qualifying))
        return ComplianceReport(
            batch=batch,
            qualifying=qualifying,
            measurement=measurement,
            keyless=keyless,
            title=title,
            input_rows=input_rows,
        )


def check_unkeyed(unkeyed: object) -> None:
    """Check that a value is one of Unkeyed.

    Raises:
        InvalidTypeError, InvalidValueError: it is not.
    """
    if unkeyed not in _UNKEYED:
        raise wrong_value(unkeyed, "unkeyed", ", ".join(map(repr, _UNKEYED)))


class _UnitRules:
    """The rules of the units of an inventory; units of the same terms share one."""

    def __init__(self, arguments: EvaluationArguments, batch: AlarmBatch) -> None:
        self._arguments = arguments
        self._batch = batch
        self._contract_by_zone = {arguments.zone: arguments.contract}
        self._rule_by_terms: dict[Hashable, LedgerRule] = {}

    def rule_of(self, unit: Unit | None) -> LedgerRule:
        """Return the rule of a unit; of None, that of all that have no terms of their own."""
        terms = None
        if unit is not None and unit.has_terms:
            terms = (unit.zone, unit.service_hours, unit.in_service, unit.target)
        if terms not in self._rule_by_terms:
            self._rule_by_terms[terms] = self._made_rule(unit)
        return self._rule_by_terms[terms]

    def _made_rule(self, unit: Unit | None) -> LedgerRule:
        arguments = self._arguments
        if unit is None:
            return arguments.ledger_rule(arguments.contract, self._batch)
        zone = arguments.zone if unit.zone is None else unit.zone
        contract = self._contract_in(zone)
        if unit.service_hours is not None:
            hours = hours_within(unit.service_hours, zone, arguments.start_us, arguments.end_us)
            contract = replace(contract, service_hours=hours)
        if unit.in_service is not None:
            contract = replace(contract, in_service=unit.in_service)
        policy = arguments.policy
        if unit.target is not None:
            policy = policy.with_changes(target_percentage=unit.target)
        return arguments.ledger_rule(contract, self._batch, zone=unit.zone, policy=policy)

    def _contract_in(self, zone: str) -> Contract:
        """Return the contract of all units, its hours and recurring windows in the wall-clock time of a zone."""
        if zone not in self._contract_by_zone:
            self._contract_by_zone[zone] = replace(self._arguments, zone=zone).contract
        return self._contract_by_zone[zone]

    def with_own_windows(self, rule: LedgerRule, by: str, key: str) -> LedgerRule:
        """Return a rule under which windows that name a key by itself are everybody's."""
        contract = rule.contract.for_key(by, key)
        downtime = replace(rule.downtime, targeted=contract.targeted)
        return replace(rule, contract=contract, frame=rule.frame.under(contract), downtime=downtime)

    @staticmethod
    def monitored_at(rule: LedgerRule, monitored: IntervalSet) -> LedgerRule:
        """Return a rule under which a key was monitored only at some time of its own."""
        contract = replace(rule.contract, monitored=rule.contract.monitored & monitored)
        return replace(rule, contract=contract, frame=rule.frame.under(contract))
