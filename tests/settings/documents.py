"""Contract files by chance: agreements as documents of TOML, and documents of right and wrong values."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from sla_compliance.alarms import AlarmFilter, Severity
from sla_compliance.calendars.exclusions import MaintenanceKind
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.planned_work import PlannedWork
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.policy import SLAPolicy
from sla_compliance.settings import Agreement, AlertSettings, ReportSettings
from sla_compliance.settings.keys import FILE_KEYS, TENANTS_KEY
from sla_compliance.settings.kinds import ACCOUNTING_BY_WORD, PERIOD_WORDS
from sla_compliance.settings.setting_key import SettingKey
from sla_compliance.testing import service_hours, zones
from sla_compliance.units import MICROSECOND, length_text

Document = dict[str, Any]

_lengths = st.timedeltas(timedelta(0), timedelta(days=99_999))
_words = st.text("abcxyz_ -\"'\\é\n", min_size=1, max_size=6)
_instants = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_dates = st.dates(date(1970, 1, 1), date(2100, 1, 1))
_times = st.none() | _instants | _dates
_hours = st.none() | service_hours()
_targets = st.decimals(0, 100, places=4) | st.integers(0, 100)
_shares = st.decimals(0, 1, places=3)


def _planned_work() -> st.SearchStrategy[PlannedWork]:
    return st.builds(
        PlannedWork,
        notice=st.none() | _lengths,
        without_notice=st.sampled_from(["accept", "reject"]),
        hours=_hours,
        most_time=st.none() | _lengths,
        most_windows=st.none() | st.integers(0, 1_000_000),
        per=st.sampled_from(PERIOD_WORDS).map(Period.of),
        excuses=st.sampled_from(["overlap", "caused"]),
    )


def _policies() -> st.SearchStrategy[SLAPolicy]:
    return st.builds(
        SLAPolicy,
        _targets,
        qualifying=st.builds(
            AlarmFilter,
            st.sets(st.sampled_from(Severity), min_size=1),
            st.sets(_words, max_size=2),
            st.sets(_words, max_size=2),
        ),
        accounting=st.sampled_from([*ACCOUNTING_BY_WORD.values()]),
        merge_gap=_lengths,
        min_outage=_lengths,
        stale_after=st.none() | _lengths,
        accepted_maintenance=st.sets(st.sampled_from(MaintenanceKind)),
        planned_work=_planned_work(),
        unknown=st.sampled_from(["doubt", "excluded"]),
        minimum_coverage=_shares,
        refreshed_every=st.none() | _lengths,
        doubt_at_most=_lengths,
    )


_addresses = st.lists(
    st.sampled_from(["ana@example.com", "Zoë Ünal <zoë@example.com>", "a+b@xn--bcher-kva.example"]), unique=True
)
_webhooks = st.none() | st.sampled_from(["https://example.com", "https://[::1]:8443/a?b=c", "https://10.0.0.1/hook"])
_secret_variables = st.sampled_from(["SLA_WEBHOOK_SECRET", "SLA_WEBHOOK_SECRET_ACME_2"])


def _reports() -> st.SearchStrategy[ReportSettings]:
    return st.builds(
        ReportSettings,
        title=st.none() | _words,
        customer=st.none() | _words,
        contract=st.none() | _words,
        issued_by=st.none() | _words,
        locale=st.sampled_from(["en", "fr", "pt_BR", "zh-Hant-TW", "es_419"]),
        logo=st.none() | _words,
        formats=st.lists(st.sampled_from(["pdf", "html", "xlsx", "csv", "json"]), min_size=1, unique=True).map(tuple),
        only_if=st.sampled_from(["always", "at-risk", "unconfirmed", "breached"]),
        email=_addresses.map(tuple),
        webhook=_webhooks,
        webhook_may_be_http=st.booleans(),
        webhook_secret_variable=_secret_variables,
        folder=st.none() | st.sampled_from(["acme", "customers/acme-co", "été/2026"]),
    )


def _alerts() -> st.SearchStrategy[AlertSettings]:
    return st.builds(
        AlertSettings,
        period=st.sampled_from(PERIOD_WORDS).map(Period.of),
        left_below=_targets,
        deadline_within=_lengths,
        outage_for=_lengths,
        digest_at=st.times().map(lambda time: time.replace(second=0, microsecond=0)),
        email=_addresses.map(tuple),
        webhook=_webhooks,
        webhook_may_be_http=st.booleans(),
        webhook_secret_variable=_secret_variables,
    )


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """Draw what a file can say of a tenant."""
    start = draw(_times)
    end = draw(_times if start is None else st.none() | st.just(datetime(2200, 1, 1, tzinfo=UTC)))
    return Agreement(
        zone=draw(zones()),
        policy=draw(_policies()),
        service_hours=draw(_hours),
        in_service_from=start,
        in_service_to=end,
        monitored_since=draw(_times),
        monitor_gap=draw(_lengths),
        reports=draw(_reports()),
        alerts=draw(_alerts()),
    )


def document_of(agreement: Agreement) -> Document:
    """Return the table of an agreement; every key is there."""
    policy, work = agreement.policy, agreement.policy.planned_work
    return {
        "zone": agreement.zone,
        "service_hours": _hours_table(agreement.service_hours),
        "in_service": {"from": _or_false(agreement.in_service_from), "to": _or_false(agreement.in_service_to)},
        "monitored_since": _or_false(agreement.monitored_since),
        "monitor_gap": _length(agreement.monitor_gap),
        "policy": {
            "target": _decimal(policy.target_ratio * 100),
            "accounting": policy.accounting.name.lower().replace("_", "-"),
            "severities": sorted(policy.qualifying.severities),
            "excluded_types": sorted(policy.qualifying.excluded_alarm_types),
            "excluded_statuses": sorted(policy.qualifying.excluded_statuses),
            "merge_gap": _length(policy.merge_gap),
            "min_outage": _length(policy.min_outage),
            "stale_after": _length(policy.stale_after),
            "refreshed_every": _length(policy.refreshed_every),
            "doubt_at_most": _length(policy.doubt_at_most),
            "unknown": policy.unknown,
            "minimum_coverage": str(_decimal(policy.minimum_coverage_ratio)),
            "accepted_maintenance": sorted(policy.accepted_maintenance),
            "planned_work": {
                "notice": _length(work.notice),
                "without_notice": work.without_notice,
                "hours": "always" if work.hours is None else work.hours.canonical(),
                "most_time": _length(work.most_time),
                "most_windows": _or_false(work.most_windows),
                "per": work.per.name,
                "excuses": work.excuses,
            },
        },
        "reports": _fields(agreement.reports),
        "alerts": _fields(agreement.alerts) | {
            "period": agreement.alerts.period.name,
            "deadline_within": _length(agreement.alerts.deadline_within),
            "outage_for": _length(agreement.alerts.outage_for),
            "digest_at": f"{agreement.alerts.digest_at:%H:%M}",
        },
    }  # fmt: skip


def _fields(settings: ReportSettings | AlertSettings) -> Document:
    """Return fields whose names are those of their keys."""
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    return {name: list(value) if isinstance(value, tuple) else _or_false(value) for name, value in values.items()}


def _decimal(ratio: Fraction) -> Decimal:
    return Decimal(ratio.numerator) / ratio.denominator


def _or_false(value: object) -> object:
    return False if value is None else value


def _length(length: timedelta | None) -> object:
    return False if length is None else length_text(length // MICROSECOND)


def _hours_table(hours: ServiceHours | None) -> object:
    """Return hours as a table, or the word for always."""
    if hours is None:
        return "always"
    weekly: dict[str, str] = {}
    holidays: list[date] = []
    exceptions: dict[str, str] = {}
    for entry in hours.canonical().split("; "):
        day, ranges = entry.split(" ", 1)
        if not day[0].isdigit():
            weekly[day] = ranges
        elif ranges == "closed":
            holidays.append(date.fromisoformat(day))
        else:
            exceptions[day] = ranges
    return {"weekly": weekly, "holidays": holidays, "exceptions": exceptions}


# Values that are right for some keys and wrong for most.
_VALUES: tuple[Any, ...] = (
    True, False, 0, 1, 100, -1, Decimal("99.9"), Decimal("0.5"), "", "99.9", "5 min", "1 h", "UTC", "Mars", "removed",
    "mon-fri 08:00-18:00", "always", "month", "accept", "caused", "excluded", "refused", "raise", "auto", "ms", "x",
    "2026-10-08", "2026-10-08T09:00:00Z", "2026-13-01", date(2026, 10, 8), datetime(2026, 10, 8, tzinfo=UTC), [], ["x"],
    ["critical"], ["planned"], [1], [date(2026, 12, 25)], ["2026-12-25"], {}, {"mon": "09:00-10:00"}, {"x": "y"},
    {"2026-12-24": "09:00-10:00"}, {"critical": ["High"]}, {"x": 1}, {"down": "DOWN"},
)  # fmt: skip


def _paths(keys: tuple[SettingKey, ...], path: tuple[str, ...]) -> list[tuple[str, ...]]:
    paths: list[tuple[str, ...]] = []
    for key in keys:
        paths += [(*path, key.name), *_paths(key.keys, (*path, key.name))]
    return paths


_AGREEMENT_KEYS = FILE_KEYS[0].keys
_ALL_PATHS = [
    *_paths(tuple(key for key in FILE_KEYS if key is not TENANTS_KEY), ()),
    *_paths(_AGREEMENT_KEYS, ("tenants", "acme")),
    ("tenants",),
    ("tenants", ""),
    ("rows", "colour"),
    ("defaults", "policy", "merge_gab"),
]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw a file that says one or two things, of which each may be right or wrong."""
    document: Document = {}
    for path in draw(st.lists(st.sampled_from(_ALL_PATHS), min_size=1, max_size=2)):
        *tables, name = path
        table: Any = document
        for table_name in tables:
            table = table.setdefault(table_name, {})
            if not isinstance(table, dict):
                break
        if isinstance(table, dict):
            table[name] = draw(st.sampled_from(_VALUES))
    return document
