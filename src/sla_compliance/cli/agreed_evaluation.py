"""What a command evaluates alarms by: the options of one call, the contract file, what a database says."""
################################################################
# An option wins over the contract file, each by itself: --target changes the target
# and leaves the rest of the policy as the file has it.
#
# A date is the whole local day, a timestamp the instant itself. Errors name the
# option as it is typed; they are renamed where a value is read and nowhere else.
################################################################

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import click

from sla_compliance.alarms import AlarmFilter, Severity
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.calendars.local_days import first_instant_us, local_days
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.cli.messages import named_by_option
from sla_compliance.cli.parameters import WindowColumns
from sla_compliance.cli.row_options import RowOptions
from sla_compliance.cli.tenant_facts import TenantFacts
from sla_compliance.compliance import EvaluationKeywords
from sla_compliance.date_ranges import calendar_month, exact_window
from sla_compliance.errors import InvalidValueError
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.lazy import lazy_property
from sla_compliance.rows.options import COMMAND_LINE
from sla_compliance.settings import Agreement, Settings, load
from sla_compliance.settings.kinds import ACCOUNTING_BY_WORD, MOMENT
from sla_compliance.sources.exclusion_files import exclusion_reader
from sla_compliance.sources.files import TENANT_COLUMN
from sla_compliance.sources.maintenance_files import maintenance_reader
from sla_compliance.units import instant_us, moment, parse_date, parse_timestamp
from sla_compliance.zones import load_zone

_DATE_LENGTH: Final = len("2026-10-08")
_ZONE_OF_ALL_TENANTS: Final = "UTC"
# Options that are arguments of SLAPolicy, and those that are arguments of its AlarmFilter.
_POLICY_ARGUMENTS: Final = {
    "target": "target_percentage",
    "merge_gap": "merge_gap",
    "min_outage": "min_outage",
    "stale_after": "stale_after",
}
_FILTER_ARGUMENTS: Final = {
    "severities": "severities",
    "exclude_type": "excluded_alarm_types",
    "exclude_status": "excluded_statuses",
}


@dataclass(frozen=True)
class Evaluation:
    """What a command evaluates alarms by.

    Attributes:
        options: those of `agreement_options` and `row_options`, as they were given.
        settings: what the contract file says.
        now: the instant of the command.
        tenants: what a database says of tenants; None where the rows are of files.
        whole_period: a calendar period; without --to the window ends with that in progress. None: with today.
    """

    options: Mapping[str, Any]
    settings: Settings
    now: datetime
    tenants: Mapping[str, TenantFacts] | None = None
    whole_period: Period | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any], now: datetime, *, whole_period: Period | None = None) -> Evaluation:
        """Return the evaluation of some options; reads the contract file.

        Raises:
            SLAComplianceError, OSError: the contract file is wrong, or cannot be read.
            UsageError: options contradict each other, or one is missing.
        """
        path, month = options["contract"], options["month"]
        if month is not None and (options["from_text"] is not None or options["to_text"] is not None):
            raise click.UsageError("--month stands beside --from or --to; give one or the other")
        if month is None and options["from_text"] is None:
            raise click.UsageError("Missing option '--from'; give it, or --month YYYY-MM")
        settings = Settings() if path is None else load(path)
        return cls(options, settings, now, whole_period=whole_period)

    def agreement(self, tenant_id: str | None) -> Agreement:
        """Return what was agreed with a tenant: the contract file's, with the options that were given in its place.

        Raises:
            SLAComplianceError: an option is wrong; it is named.
            UsageError: neither says the zone.
        """
        agreement = self._facts(tenant_id).completed(self.settings.agreement(tenant_id), tenant_id)
        if self.tenants is not None and tenant_id is None and agreement.zone is None:
            agreement = replace(agreement, zone=_ZONE_OF_ALL_TENANTS)
        with named_by_option(
            zone="--zone",
            target_percentage="--target",
            service_hours="--service-hours",
            severities="--severities",
        ):
            changes = self._changes(agreement)
        if changes.get("zone", agreement.zone) is None:
            raise click.UsageError("Missing option '--zone'; give it, or a --contract that says the zone.")
        return replace(agreement, **changes)

    def _facts(self, tenant_id: str | None) -> TenantFacts:
        return (self.tenants or {}).get(tenant_id or "", TenantFacts())

    def _changes(self, agreement: Agreement) -> dict[str, Any]:
        """Return what the options change in an agreement."""
        options = self.options
        changes: dict[str, Any] = {}
        if options["zone"] is not None:
            changes["zone"] = load_zone(options["zone"]).key
        if options["service_hours"] is not None:
            changes["service_hours"] = ServiceHours.parse(options["service_hours"])
        if options["in_service"] is not None:
            changes["in_service_from"], changes["in_service_to"] = _span(options["in_service"], "--in-service")
        if options["monitored_since"] is not None:
            changes["monitored_since"] = MOMENT.read(options["monitored_since"], "--monitored-since")
        policy_changes = {
            argument: options[name] for name, argument in _POLICY_ARGUMENTS.items() if options[name] is not None
        }
        if options["accounting"] is not None:
            policy_changes["accounting"] = ACCOUNTING_BY_WORD[options["accounting"]]
        qualifying = agreement.policy.qualifying
        filter_arguments = {argument: getattr(qualifying, argument) for argument in _FILTER_ARGUMENTS.values()}
        filter_arguments |= {argument: options[name] for name, argument in _FILTER_ARGUMENTS.items() if options[name]}
        policy_changes["qualifying"] = AlarmFilter(**filter_arguments)
        changes["policy"] = agreement.policy.with_changes(**policy_changes)
        return changes

    def keywords(self, tenant_id: str | None = None) -> EvaluationKeywords:
        """Return what `evaluate` needs besides the alarms of a tenant; reads the files of windows, once.

        Raises:
            SLAComplianceError: an option is wrong, or a file.
            UsageError: an option is missing.
        """
        agreement = self.agreement(tenant_id)
        zone = agreement.zone or ""
        as_of = self._as_of(zone)
        start, end = self._window(zone, as_of)
        with named_by_option(**{"in_service.to": "--in-service"}):
            in_service = agreement.in_service(zone)
        return {
            "start": start,
            "end": end,
            "zone": zone,
            "as_of": as_of,
            "policy": agreement.policy,
            "maintenance": [*self._maintenance, *self._maintenance_of_database(tenant_id)],
            "exclusions": self._exclusions,
            "service_hours": agreement.service_hours,
            "in_service": in_service,
            "monitored": agreement.monitored(zone) & self._complete(tenant_id),
            "monitor_gap": agreement.monitor_gap or timedelta(0),
        }

    def _complete(self, tenant_id: str | None) -> IntervalSet:
        """Return the time of which no row of a tenant, or of any tenant, has been purged."""
        all_facts = (self.tenants or {}).values() if tenant_id is None else (self._facts(tenant_id),)
        since_us = [facts.complete_since_us for facts in all_facts if facts.complete_since_us is not None]
        return IntervalSet((max(since_us, default=ALWAYS_START_US),), (ALWAYS_END_US,))

    def _maintenance_of_database(self, tenant_id: str | None) -> Sequence[MaintenanceWindow]:
        """Return the windows of a tenant; of all tenants together each for the alarms of its own tenant alone."""
        if tenant_id is not None:
            return self._facts(tenant_id).maintenance
        windows: list[MaintenanceWindow] = []
        for key, facts in (self.tenants or {}).items():
            windows += [window.only_where(TENANT_COLUMN, key) for window in facts.maintenance]
        return windows

    def check(self, rows: RowOptions) -> None:
        """Check the options before any file of alarms is read; reads the files of windows.

        Raises:
            SLAComplianceError: an option is wrong, or a file of windows.
            UsageError: an option is missing.
        """
        tenant_id = rows.tenant_id
        policy = self.keywords(tenant_id)["policy"]
        # Outages of a log are critical: where these do not qualify, nothing would ever be down.
        if rows.change_keywords is not None and Severity.CRITICAL not in policy.qualifying.severities:
            severities = ",".join(sorted(policy.qualifying.severities))
            raise InvalidValueError(
                f"--severities is {severities}, but outages of a log of state changes are critical; add critical",
                field="--severities",
            )
        path = self.options["contract"]
        if path is not None and tenant_id is not None and tenant_id not in self.settings.tenants:
            click.echo(f"Note: {path} does not name tenant {tenant_id!r}; its defaults apply.", err=True)

    def _as_of(self, zone: str) -> datetime:
        text = self.options["as_of"]
        if text is None:
            return self.now
        option = "--as-of"
        if len(text) == _DATE_LENGTH:
            date = parse_date(text, field=option)
            return moment(first_instant_us(date, zone, field=option), load_zone(zone))
        as_of = parse_timestamp(text, field=option)
        instant_us(as_of, field=option)  # refuses an instant too near the years 1 and 9999
        return as_of

    def _window(self, zone: str, as_of: datetime) -> tuple[datetime, datetime]:
        options = self.options
        if options["month"] is not None:
            return calendar_month(options["month"], zone=zone, field="--month")
        start, end = exact_window(
            options["from_text"], options["to_text"], zone=zone, now=as_of, from_field="--from", to_field="--to"
        )
        if self.whole_period is not None and options["to_text"] is None and start < end:
            as_of_us = instant_us(as_of, field="--as-of")
            (today,) = local_days(zone, as_of_us, as_of_us + 1).dates
            end_us = first_instant_us(self.whole_period.next_first_date(today), zone, field="--as-of")
            end = moment(end_us, load_zone(zone))
        return start, end

    @lazy_property
    def _maintenance(self) -> list[MaintenanceWindow]:
        option = "--maintenance-column"
        # Renamed where the reader is made: its later errors are about files, which may be called like an option.
        with named_by_option(columns=option, times_in="--times-in"):
            reader = maintenance_reader(**self._window_keywords(self.options["maintenance_columns"], option))
        return [window for file in self.options["maintenance"] for window in reader.read(file)]

    @lazy_property
    def _exclusions(self) -> list[Exclusion]:
        option = "--exclusion-column"
        with named_by_option(columns=option, times_in="--times-in"):
            reader = exclusion_reader(**self._window_keywords(self.options["exclusion_columns"], option))
        return [exclusion for file in self.options["exclusions"] for exclusion in reader.read(file)]

    def _window_keywords(self, columns: WindowColumns, option: str) -> dict[str, Any]:
        """Return how files of windows are read: their own columns, and times as in the files of alarms."""
        rows = self.settings.rows.options
        return {
            "columns": columns.columns,
            "ignored": columns.ignored,
            "times_in": self.options["times_in"] or rows.get("times_in"),
            "epoch": self.options["epoch"] or rows.get("epoch"),
            "option_names": replace(COMMAND_LINE, columns=f"{option} start=Begins, or ignore=Ticket to leave one out"),
        }


def _span(text: str, option: str) -> tuple[object, object]:
    """Return the bounds of a text such as "2026-01-20..2026-06-30"; None where one is open."""
    start, dots, end = text.partition("..")
    if dots and not (start or end):
        raise InvalidValueError(
            f"{option} is {text!r}; write it as 2026-01-20, or 2026-01-20..2026-06-30", field=option
        )
    return MOMENT.read(start, option) if start else None, MOMENT.read(end, option) if end else None
