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

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NotRequired, TypedDict, Unpack

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.checks import check_order, check_type, listed, listed_keys
from sla_compliance.contract import PAIRS, Contract, Pair, Times, read_contract, times
from sla_compliance.downtime import DowntimeRule
from sla_compliance.ledger import Frame, Ledger
from sla_compliance.policy import SLAPolicy
from sla_compliance.report import ComplianceReport
from sla_compliance.units import instant_us
from sla_compliance.validation import OnInvalid
from sla_compliance.zones import load_zone


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

    def __post_init__(self) -> None:
        check_order(self.start_us, self.end_us, start=self.start, end=self.end)
        check_type(self.policy, SLAPolicy, "policy", "an SLAPolicy")
        load_zone(self.zone)
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

    @cached_property
    def rule(self) -> DowntimeRule:
        """What turns alarms into downtime."""
        return DowntimeRule(self.policy, self.as_of_us, self.contract.targeted)

    @property
    def has_targeted_exclusions(self) -> bool:
        """Whether an exclusion excuses some alarms only, so that alarms are needed with their columns."""
        return bool(self.contract.targeted)

    def report(self, batch: AlarmBatch) -> ComplianceReport:
        """Return the report of one service's alarms."""
        qualifying = batch.qualifying(self.policy.qualifying)
        ledger = Ledger(self._frame_for(batch), self.rule.outages(qualifying))
        return ComplianceReport(ledger=ledger, rule=self.rule, batch=batch, qualifying=qualifying)

    def _frame_for(self, batch: AlarmBatch) -> Frame:
        """Return the frame, its monitored time cut to what the source says it observed."""
        if batch.monitored is None:
            return self.frame
        return self._frame(replace(self.contract, monitored=self.contract.monitored & batch.monitored))

    def reports(
        self, batch: AlarmBatch, *, by: str, inventory: Iterable[Hashable] | None = None
    ) -> dict[Hashable, ComplianceReport]:
        """Return a report for each value of a column; arguments and errors as `evaluate_each`."""
        no_alarms = replace(batch.take(()), rejected=())
        keys = listed_keys(() if inventory is None else inventory, "inventory")
        batches = {**dict.fromkeys(keys, no_alarms), **batch.by(by)}
        return {key: self.report(alarms) for key, alarms in batches.items()}


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
    )
    return arguments.report(_batch_of(alarms, on_invalid))


def evaluate_each(
    alarms: AlarmBatch | Iterable[Alarm],
    *,
    by: str = "resource_id",
    inventory: Iterable[Hashable] | None = None,
    on_invalid: OnInvalid = "raise",
    **arguments: Unpack[EvaluationKeywords],
) -> dict[Hashable, ComplianceReport]:
    """Return a report for each resource, customer, circuit: for each value of a column.

    Args:
        by: the column; rows without a value stand under None.
        inventory: keys that have a report even without an alarm; rows hold only what failed.
        alarms, on_invalid, arguments: as `evaluate`.

    Raises:
        InvalidValueError: the alarms carry no such column. Others as `evaluate`.
    """
    checked = EvaluationArguments(**arguments)
    return checked.reports(_batch_of(alarms, on_invalid), by=by, inventory=inventory)


def _batch_of(alarms: AlarmBatch | Iterable[Alarm], on_invalid: OnInvalid) -> AlarmBatch:
    return alarms if isinstance(alarms, AlarmBatch) else AlarmBatch.from_alarms(alarms, on_invalid=on_invalid)
