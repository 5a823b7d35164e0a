"""evaluate() and evaluate_each(): alarms in, a report out."""
################################################################
# The clock is never read: as_of is an argument. Exactly the window asked for is
# measured; partial first and last days are partial.
#
#     alarms --> downtime --------------------+
#     contract (hours, exclusions ...) --> frame --> ledger --> report
#
# EvaluationArguments is the one place where the arguments stand and are checked.
# What follows from them (contract, frame, rule of downtime) is computed once, for
# all reports of a call.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, Literal, NotRequired, TypedDict, Unpack

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.checks import check_order, check_type, listed, listed_keys, wrong_value
from sla_compliance.contract import PAIRS, Contract, Pair, Times, read_contract, times
from sla_compliance.downtime import DowntimeRule
from sla_compliance.errors import InvalidTypeError
from sla_compliance.evidence import keyless_fact
from sla_compliance.ledger import Frame
from sla_compliance.ledger_rule import LedgerRule
from sla_compliance.policy import SLAPolicy
from sla_compliance.readings import NO_KEYLESS_ROWS, KeylessRows, keyless_rows
from sla_compliance.report import ComplianceReport
from sla_compliance.targeting import matches_of
from sla_compliance.units import MIN_US, instant_us, length_us
from sla_compliance.validation import OnInvalid
from sla_compliance.zones import load_zone

Unkeyed = Literal["doubt", "everybody", "nobody"]
_UNKEYED: Final = ("doubt", "everybody", "nobody")


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
class EvaluationArguments:
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

    @cached_property
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

    @cached_property
    def frame(self) -> Frame:
        """The window, cut wherever scope or state change besides downtime."""
        return self._frame(self.contract)

    def _frame(self, contract: Contract) -> Frame:
        return Frame.of(contract, start_us=self.start_us, end_us=self.end_us, zone=self.zone, as_of_us=self.as_of_us)

    @property
    def has_targeted_exclusions(self) -> bool:
        """Whether an exclusion excuses some alarms only, so that alarms are needed with their columns."""
        return bool(self.contract.targeted)

    def rows_needed_from_us(self, start_us: int, end_us: int) -> int:
        """Return from when on rows are needed for a part of the window, microseconds.

        That is the start less the margin, or that of the work that meets the part: where work excuses only what it
        caused, an outage that was there when work began decides about all of it.
        """
        margin_us = self.policy.margin_us
        first_us = start_us - margin_us
        if self.policy.planned_work.excuses == "caused":
            meeting_starts_us = [
                work_start_us
                for work_start_us, work_end_us in self.contract.work
                if work_start_us < end_us + margin_us and work_end_us > first_us
            ]
            # A microsecond more: what counts is whether it was down before the work began.
            first_us = min([first_us, *(work_start_us - 1 - margin_us for work_start_us in meeting_starts_us)])
        return max(MIN_US, first_us)

    @property
    def needs_ancestors(self) -> bool:
        """Whether an exclusion reaches the children of alarms, so that alarms are needed with their ancestors."""
        return any(exclusion.with_children for exclusion in self.contract.targeted)

    def report(self, batch: AlarmBatch) -> ComplianceReport:
        """Return the report of one service's alarms."""
        return self._report(self._ledger_rule(self.contract, batch), self._with_matches(batch))

    def reports(
        self,
        batch: AlarmBatch,
        *,
        by: str,
        inventory: Iterable[Hashable] | None = None,
        unkeyed: Unkeyed = "doubt",
    ) -> dict[Hashable, ComplianceReport]:
        """Return a report for each value of a column; arguments and errors as `evaluate_each`."""
        if unkeyed not in _UNKEYED:
            raise wrong_value(unkeyed, "unkeyed", ", ".join(map(repr, _UNKEYED)))
        keys = listed_keys(() if inventory is None else inventory, "inventory")
        batches = _batches_by_key(self._with_matches(batch), by, keys)
        keyless = batches.get(None, _without_rows(batch))
        if unkeyed != "doubt":
            batches.pop(None, None)
        common_rule = self._ledger_rule(self.contract, batch)
        keyless_times = keyless_rows(keyless, common_rule)
        fact = keyless_fact(keyless_times, unkeyed, self.start_us, self.end_us)
        doubtful = keyless_times if unkeyed == "doubt" else NO_KEYLESS_ROWS
        named_keys = {key for exclusion in self.contract.targeted for key in exclusion.keys_of(by)}
        reports: dict[Hashable, ComplianceReport] = {}
        for key, own in batches.items():
            rule = common_rule
            if key is not None and str(key) in named_keys:
                rule = self._ledger_rule(self.contract.for_key(by, str(key)), batch)
            alarms = own.joined(keyless) if unkeyed == "everybody" else own
            report = self._report(rule, alarms, NO_KEYLESS_ROWS if key is None else doubtful)
            reports[key] = replace(report, keyless_fact=fact)
        return reports

    def _with_matches(self, batch: AlarmBatch) -> AlarmBatch:
        """Return the batch whose rows know which targeted exclusions match them."""
        targeted = self.contract.targeted
        return replace(batch, excluded_by=matches_of(batch, targeted)) if targeted else batch

    def _ledger_rule(self, contract: Contract, batch: AlarmBatch) -> LedgerRule:
        """Return what turns alarms of a source into a ledger under a contract."""
        if batch.monitored is not None:
            contract = replace(contract, monitored=contract.monitored & batch.monitored)
        return LedgerRule(
            contract=contract,
            frame=self.frame if contract is self.contract else self._frame(contract),
            downtime=DowntimeRule(self.policy, self.as_of_us, contract.targeted),
            monitor_gap_us=length_us(self.monitor_gap, field="monitor_gap"),
        )

    def _report(self, rule: LedgerRule, batch: AlarmBatch, keyless: KeylessRows = NO_KEYLESS_ROWS) -> ComplianceReport:
        qualifying = batch.qualifying(self.policy.qualifying)
        measurement = rule.measure(rule.downtime.times(qualifying))
        return ComplianceReport(batch=batch, qualifying=qualifying, measurement=measurement, keyless=keyless)


def _without_rows(batch: AlarmBatch) -> AlarmBatch:
    """Return the batch of a key that no row names, from the same source."""
    return replace(batch.take(()), rejected=())


def _batches_by_key(batch: AlarmBatch, by: str, keys: Sequence[Hashable]) -> dict[Hashable, AlarmBatch]:
    """Return the alarms of each key; keys that read alike as text are one, and the inventory's object stands for it."""
    no_alarms = _without_rows(batch)
    batches: dict[Hashable, AlarmBatch] = {}
    key_by_text: dict[str, Hashable] = {}
    for key in keys:
        batches[None if key is None else key_by_text.setdefault(str(key), key)] = no_alarms
    for row_key, alarms in batch.by(by).items():
        key = None if row_key is None else key_by_text.setdefault(str(row_key), row_key)
        batches[key] = alarms if batches.get(key, no_alarms) is no_alarms else batches[key].joined(alarms)
    return batches


def evaluate(
    alarms: AlarmBatch | Iterable[Alarm],
    *,
    start: datetime,
    end: datetime,
    zone: str,
    as_of: datetime,
    policy: SLAPolicy = SLAPolicy(),
    maintenance: Iterable[MaintenanceWindow | Pair] = (),
    exclusions: Iterable[Exclusion | Pair] = (),
    service_hours: ServiceHours | Times | None = None,
    in_service: Times | None = None,
    monitored: Times | None = None,
    monitor_gap: timedelta = timedelta(0),
    on_invalid: OnInvalid = "raise",
) -> ComplianceReport:
    """Return the compliance report of one service.

    Args:
        alarms: its alarms, in any order; all that meet the window widened by `policy.margin_us`.
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
        on_invalid: what to do about bad rows of an iterable of Alarm; a batch is validated already.

    Raises:
        InvalidAlarmsError: rows are bad.
        SLAComplianceError: another argument is; a ValueError or TypeError that names it.

    Cost: hardly more than sorting the alarms' starts and ends; an object per day, none per alarm.

    >>> from datetime import datetime, timezone
    >>> def at(hour, minute=0): return datetime(2025, 10, 8, hour, minute, tzinfo=timezone.utc)
    >>> report = evaluate([Alarm(at(9), at(9, 2))], start=at(0), end=at(12), zone="UTC", as_of=at(12))
    >>> report.total.availability_ratio
    Fraction(359, 360)
    """
    arguments = EvaluationArguments(
        start=start,
        end=end,
        zone=zone,
        as_of=as_of,
        policy=policy,
        maintenance=maintenance,
        exclusions=exclusions,
        service_hours=service_hours,
        in_service=in_service,
        monitored=monitored,
        monitor_gap=monitor_gap,
    )
    return arguments.report(_batch_of(alarms, on_invalid))


def evaluate_each(
    alarms: AlarmBatch | Iterable[Alarm],
    *,
    by: str = "resource_id",
    inventory: Iterable[Hashable] | None = None,
    unkeyed: Unkeyed = "doubt",
    on_invalid: OnInvalid = "raise",
    **arguments: Unpack[EvaluationKeywords],
) -> dict[Hashable, ComplianceReport]:
    """Return a report for each resource, customer, circuit: for each value of a column.

    Args:
        by: the column; rows without a value stand under None.
        inventory: keys that have a report even without an alarm; rows hold only what failed. Keys that read alike as
            text are one, and the inventory's object stands for it.
        unkeyed: whose the qualifying rows without a key are: "doubt" (nobody's in the record, each key's in the
            pessimistic reading), "everybody" or "nobody"; with these two there is no report under None.
        alarms, on_invalid, arguments: as `evaluate`.

    Raises:
        InvalidValueError: the alarms carry no such column. Others as `evaluate`.
    """
    is_needed = {field.name: field.default is MISSING for field in fields(EvaluationArguments)}
    for name in is_needed.keys() | arguments.keys():
        if name not in is_needed:
            raise InvalidTypeError(f"{name} is no argument; see evaluate() and evaluate_each()", field=name)
        if is_needed[name] and name not in arguments:
            raise InvalidTypeError(f"{name} is missing; give it, as to evaluate()", field=name)
    checked = EvaluationArguments(**arguments)
    return checked.reports(_batch_of(alarms, on_invalid), by=by, inventory=inventory, unkeyed=unkeyed)


def _batch_of(alarms: AlarmBatch | Iterable[Alarm], on_invalid: OnInvalid) -> AlarmBatch:
    return alarms if isinstance(alarms, AlarmBatch) else AlarmBatch.from_alarms(alarms, on_invalid=on_invalid)
