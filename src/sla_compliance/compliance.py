"""evaluate() and evaluate_each(): alarms in, a report out."""
################################################################
# The clock is never read: as_of is an argument. Exactly the window asked for is
# measured; partial first and last days are partial.
#
#     alarms --> downtime --------------------+
#     contract (hours, exclusions ...) --> frame --> ledger --> report
#
# Everything but the alarms is read once, for all reports of a call.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NotRequired, TypedDict, Unpack

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.contract import Contract, Pair, Times, read_contract
from sla_compliance.downtime import DowntimeRule
from sla_compliance.errors import InvalidIntervalError, InvalidTypeError, shown
from sla_compliance.ledger import Frame, Ledger
from sla_compliance.policy import SLAPolicy
from sla_compliance.report import ComplianceReport
from sla_compliance.units import instant_us
from sla_compliance.validation import OnInvalid, listed
from sla_compliance.zones import load_zone


class Terms(TypedDict):
    """The arguments that `evaluate` and `evaluate_each` share; see `evaluate`."""

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
        on_invalid: what to do about bad rows of an iterable of Alarm; a batch has passed its gate already.

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
    question = _Question.read(
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
    return question.answer(_batch(alarms, on_invalid))


def evaluate_each(
    alarms: AlarmBatch | Iterable[Alarm],
    *,
    by: str = "resource_id",
    inventory: Iterable[Hashable] | None = None,
    on_invalid: OnInvalid = "raise",
    **terms: Unpack[Terms],
) -> dict[Hashable, ComplianceReport]:
    """Return a report for each resource, customer, circuit: for each value of a column.

    Args:
        by: the column; rows without a value stand under None.
        inventory: keys that have a report even without an alarm; rows hold only what failed.
        alarms, on_invalid, terms: as `evaluate`.

    Raises:
        InvalidValueError: the alarms carry no such column. Others as `evaluate`.
    """
    question = _Question.read(**terms)
    batch = _batch(alarms, on_invalid)
    no_alarms = replace(batch.take(()), rejected=())
    groups = {**dict.fromkeys(_keys(() if inventory is None else inventory), no_alarms), **batch.by(by)}
    return {key: question.answer(batch) for key, batch in groups.items()}


@dataclass(frozen=True, slots=True)
class _Question:
    """All that is asked, but the alarms."""

    contract: Contract
    frame: Frame
    rule: DowntimeRule

    @classmethod
    def read(
        cls,
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
    ) -> _Question:
        start_us, end_us = instant_us(start, field="start"), instant_us(end, field="end")
        if end_us < start_us:
            raise InvalidIntervalError(f"end is {shown(end)}, before start {shown(start)}; swap them", field="end")
        if not isinstance(policy, SLAPolicy):
            raise InvalidTypeError(f"policy is {shown(policy)}; give an SLAPolicy", field="policy")
        load_zone(zone)
        as_of_us = instant_us(as_of, field="as_of")
        contract = read_contract(
            zone=zone,
            start_us=start_us,
            end_us=end_us,
            policy=policy,
            maintenance=maintenance,
            exclusions=exclusions,
            service_hours=service_hours,
            in_service=in_service,
            monitored=monitored,
        )
        frame = Frame.of(contract, start_us=start_us, end_us=end_us, zone=zone, as_of_us=as_of_us)
        return cls(contract, frame, DowntimeRule(policy, as_of_us, contract.scoped))

    def answer(self, batch: AlarmBatch) -> ComplianceReport:
        """Return the report of one service's alarms."""
        qualifying = batch.qualifying(self.rule.policy.qualifying)
        ledger = Ledger(self._frame(batch), self.rule.outages(qualifying))
        return ComplianceReport(ledger=ledger, rule=self.rule, batch=batch, qualifying=qualifying)

    def _frame(self, batch: AlarmBatch) -> Frame:
        """Return the frame, its monitored time cut to what the source says it observed."""
        if batch.monitored is None:
            return self.frame
        contract = replace(self.contract, monitored=self.contract.monitored & batch.monitored)
        edges, zone, as_of_us = self.frame.edges_us, self.frame.zone, self.frame.as_of_us
        return Frame.of(contract, start_us=edges[0], end_us=edges[-1], zone=zone, as_of_us=as_of_us)


def _batch(alarms: AlarmBatch | Iterable[Alarm], on_invalid: OnInvalid) -> AlarmBatch:
    return alarms if isinstance(alarms, AlarmBatch) else AlarmBatch.from_alarms(alarms, on_invalid=on_invalid)


def _keys(inventory: Iterable[Hashable]) -> list[Hashable]:
    keys = listed(inventory, "inventory", "several keys")
    try:
        set(keys)
    except TypeError as error:
        raise InvalidTypeError(
            f"inventory holds what cannot be a key ({error}); give texts", field="inventory"
        ) from None
    return keys
