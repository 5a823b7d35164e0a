"""evaluate() and evaluate_each(): alarms in, a report out."""
################################################################
# The clock is never read: as_of is an argument. Exactly the window asked for is
# measured; partial first and last days are partial.
#
#     alarms --> downtime --------------------+
#     contract (hours, exclusions ...) --> frame --> ledger --> report
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import MISSING, fields
from datetime import datetime, timedelta
from typing import Unpack

from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.contract import Pair, Times
from sla_compliance.corrections import Correction
from sla_compliance.errors import InvalidTypeError
from sla_compliance.evaluation import EvaluationArguments, EvaluationKeywords
from sla_compliance.inventory import Inventory
from sla_compliance.policy import SLAPolicy
from sla_compliance.readings import Unkeyed
from sla_compliance.report import ComplianceReport
from sla_compliance.rows.inputs import Alarms, evaluated_batch
from sla_compliance.validation import OnInvalid

__all__ = ["EvaluationArguments", "EvaluationKeywords", "evaluate", "evaluate_each"]


def evaluate(
    alarms: Alarms,
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
    corrections: Iterable[Correction] = (),
    on_invalid: OnInvalid = "raise",
) -> ComplianceReport:
    """Return the compliance report of one service.

    Args:
        alarms: its alarms, in any order; all that meet the window widened by `policy.margin_us`. An AlarmBatch, several
            Alarm, several mappings (read as `alarms_from_rows` does) or a frame (as `alarms_from_frame`).
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
        corrections: what people know better than rows. They apply before rows are judged. The rows of a batch
            are judged already: those that corrections name, set aside or not, are judged again from what the batch
            keeps of them, and set aside where they contradict themselves.
        on_invalid: what to do about bad rows of an iterable of Alarm; a batch is validated already.

    Raises:
        InvalidAlarmsError: rows are bad.
        SLAComplianceError: another argument is; a ValueError or TypeError that names it.

    Cost: hardly more than sorting the alarms' starts and ends; an object per day, none per alarm.

    >>> from sla_compliance import Alarm
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
    return arguments.report(evaluated_batch(alarms, on_invalid, corrections))


def evaluate_each(
    alarms: Alarms,
    *,
    by: str = "resource_id",
    inventory: Inventory | Iterable[Hashable] | None = None,
    unkeyed: Unkeyed = "doubt",
    corrections: Iterable[Correction] = (),
    on_invalid: OnInvalid = "raise",
    **arguments: Unpack[EvaluationKeywords],
) -> dict[Hashable, ComplianceReport]:
    """Return a report for each resource, customer, circuit: for each value of a column.

    Args:
        by: the column; rows without a value stand under None.
        inventory: keys that have a report even without an alarm; rows hold only what failed. Keys that read alike as
            text are one, and the inventory's object stands for it. An Inventory also says which units share devices
            (an alarm on a parent, by this column or its `resource_id`, is downtime of the unit), and gives a unit its
            own target, in service, service hours, zone and title.
        unkeyed: whose the qualifying rows without a key are: "doubt" (nobody's in the record, each key's in the
            pessimistic reading), "everybody" or "nobody". With the last two, and with an inventory that has parents,
            there is no report under None.
        alarms, corrections, on_invalid, arguments: as `evaluate`.

    Raises:
        InvalidValueError: the alarms carry no such column. Others as `evaluate`.

    Cost: as `evaluate` for each key; a row on a shared device counts for each unit that depends on it. Units of the
    same terms share a contract.
    """
    is_needed = {field.name: field.default is MISSING for field in fields(EvaluationArguments)}
    for name in is_needed.keys() | arguments.keys():
        if name not in is_needed:
            raise InvalidTypeError(f"{name} is no argument; see evaluate() and evaluate_each()", field=name)
        if is_needed[name] and name not in arguments:
            raise InvalidTypeError(f"{name} is missing; give it, as to evaluate()", field=name)
    checked = EvaluationArguments(**arguments)
    batch = evaluated_batch(alarms, on_invalid, corrections)
    return checked.reports(batch, by=by, inventory=inventory, unkeyed=unkeyed)
