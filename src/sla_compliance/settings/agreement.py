"""Agreement: what a contract file says of one tenant, or of all of them."""
################################################################
# An agreement may leave open what another place knows: the zone and the activation
# of a tenant stand in a platform's table too. Dates are dates of the tenant's zone,
# so they become instants when the zone is known.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sla_compliance.agreements import MONITOR_GAP, TenantSettings
from sla_compliance.alarms import AlarmFilter
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.calendars.planned_work import PlannedWork
from sla_compliance.calendars.service_hours import Hours, ServiceHours
from sla_compliance.checks import check_order
from sla_compliance.errors import InvalidServiceHoursError, UnknownZoneError
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.policy import DEFAULT_TARGET, SLAPolicy
from sla_compliance.settings.kinds import InstantOrDate
from sla_compliance.settings.notifications import (
    DEFAULT_ALERTS,
    DEFAULT_REPORTS,
    AlertSettings,
    ReportSettings,
    alert_settings_of,
    report_settings_of,
)
from sla_compliance.settings.reading import Values
from sla_compliance.units import ONE_DAY, instant_us, moment

_WHOLE_DAY: Final[Hours] = ((0, 24 * 60),)
_WHOLE_WEEK: Final = (_WHOLE_DAY,) * 7
_FILTER_ARGUMENTS: Final[Mapping[str, str]] = {
    "severities": "severities",
    "excluded_types": "excluded_alarm_types",
    "excluded_statuses": "excluded_statuses",
}
_NOT_ARGUMENTS: Final = frozenset({"target", "planned_work", *_FILTER_ARGUMENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was agreed with a tenant, as far as a contract file says it.

    Attributes:
        zone: the zone of the tenant's local days, an IANA name; None: the file does not say.
        policy: what was promised and how it is measured.
        service_hours: the agreed hours; None: always.
        in_service_from, in_service_to: activation and termination, the end of the day where it is a date; None: open.
        monitored_since: since when an outage would have been seen; None: always.
        monitor_gap: as in TenantSettings; None: the default of whatever evaluates.
        reports: which reports are made, and who gets them.
        alerts: when the tenant's people are alerted, and how.
        own_keys: names of the keys that the tenant's own table has; the others are the defaults'.
    """

    zone: str | None = None
    policy: SLAPolicy = SLAPolicy()
    service_hours: ServiceHours | None = None
    in_service_from: InstantOrDate | None = None
    in_service_to: InstantOrDate | None = None
    monitored_since: InstantOrDate | None = None
    monitor_gap: timedelta | None = None
    reports: ReportSettings = DEFAULT_REPORTS
    alerts: AlertSettings = DEFAULT_ALERTS
    own_keys: frozenset[str] = frozenset()

    def in_service(self, zone: str) -> IntervalSet:
        """Return when service is owed, for a tenant of this zone.

        Raises:
            InvalidIntervalError: it ends before it starts.
        """
        start, end = self.in_service_from, self.in_service_to
        start_us = ALWAYS_START_US if start is None else _start_us(start, zone)
        end_us = ALWAYS_END_US if end is None else _end_us(end, zone)
        check_order(start_us, end_us, start=start, end=end, field="in_service.to")
        return IntervalSet.from_pairs([(start_us, end_us)])

    def monitored_since_us(self, zone: str) -> int:
        """Return since when an outage would have been seen, microseconds, for a tenant of this zone."""
        return ALWAYS_START_US if self.monitored_since is None else _start_us(self.monitored_since, zone)

    def monitored(self, zone: str) -> IntervalSet:
        """Return when an outage would have been seen, for a tenant of this zone."""
        return IntervalSet((self.monitored_since_us(zone),), (ALWAYS_END_US,))

    def tenant_settings(self, zone: str | None = None) -> TenantSettings:
        """Return the settings that a service takes.

        Args:
            zone: the tenant's, in place of the agreement's.

        Raises:
            UnknownZoneError: neither says the zone.
        """
        zone = zone or self.zone
        if zone is None:
            raise UnknownZoneError("zone is missing; give it, in the tenant's table or in the defaults", field="zone")
        monitored_since = None
        if self.monitored_since is not None:
            monitored_since = moment(self.monitored_since_us(zone))
        return TenantSettings(
            zone,
            self.policy,
            service_hours=self.service_hours,
            in_service=self.in_service(zone),
            monitored_since=monitored_since,
            monitor_gap=MONITOR_GAP if self.monitor_gap is None else self.monitor_gap,
        )


def agreement_of(values: Values, own_keys: frozenset[str] = frozenset(), folder: str = "") -> Agreement:
    """Return the agreement that values of a table say.

    Args:
        folder: where the contract file is, from which it names other files.

    Raises:
        InvalidValueError: a webhook is not encrypted, and need not be.
        InvalidServiceHoursError: its hours have no length on any day.
        InvalidIntervalError: service ends before it starts.
    """
    in_service = values.get("in_service", {})
    agreement = Agreement(
        zone=values.get("zone"),
        policy=_policy(values.get("policy", {})),
        service_hours=_hours(values.get("service_hours"), "service_hours"),
        in_service_from=in_service.get("from"),
        in_service_to=in_service.get("to"),
        monitored_since=values.get("monitored_since"),
        monitor_gap=values.get("monitor_gap"),
        reports=report_settings_of(values.get("reports", {}), folder),
        alerts=alert_settings_of(values.get("alerts", {})),
        own_keys=own_keys,
    )
    # In another zone the bounds move by hours; here they only have to be in order.
    agreement.in_service(agreement.zone or "UTC")
    return agreement


def _policy(values: Values) -> SLAPolicy:
    """Return the policy that values of its table say; what is absent has its default."""
    filter_arguments: dict[str, Any] = {}
    for name, argument in _FILTER_ARGUMENTS.items():
        if name in values:
            filter_arguments[argument] = values[name]
    planned_work = dict(values.get("planned_work", {}))
    if "hours" in planned_work:
        planned_work["hours"] = _hours(planned_work["hours"], "policy.planned_work.hours")
    arguments = {name: value for name, value in values.items() if name not in _NOT_ARGUMENTS}
    return SLAPolicy(
        values.get("target", DEFAULT_TARGET),
        qualifying=AlarmFilter(**filter_arguments),
        planned_work=PlannedWork(**planned_work),
        **arguments,
    )


def _hours(values: Values | None, field: str) -> ServiceHours | None:
    """Return the hours that values of a table of hours say; None is always."""
    if values is None:
        return None
    week: tuple[Hours, ...] = values.get("weekly", _WHOLE_WEEK)
    dated: dict[Any, Hours] = dict.fromkeys(values.get("holidays", ()), ())
    dated.update(values.get("exceptions", ()))  # a date that is both has the exception's hours
    if not any(week) and not any(dated.values()):
        raise InvalidServiceHoursError(f"{field} hold no hours; give some, or 'always'", field=field)
    return ServiceHours(week, tuple(sorted(dated.items())))


def _start_us(start: InstantOrDate, zone: str) -> int:
    if isinstance(start, datetime):
        return instant_us(start, field="start")
    return first_instant_us(start, zone)


def _end_us(end: InstantOrDate, zone: str) -> int:
    if isinstance(end, datetime):
        return instant_us(end, field="end")
    return first_instant_us(end + ONE_DAY, zone)
