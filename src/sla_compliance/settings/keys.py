"""The keys of a contract file: the one table by which it is read, documented and described as a JSON schema."""
################################################################
# A key has a kind of value, a table of further keys, or either (service hours are a
# text or a table). The default is written as the file would write it; a key without
# one says what holds while it is absent.
#
# Tables of keys are merged key by key, the tenant's over the defaults'. What has a
# kind is one value and is replaced as a whole: lists, hours of the week, exceptions.
################################################################

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sla_compliance.alarms import ALARM_COLUMNS
from sla_compliance.settings.kinds import (
    ACCOUNTING,
    CALENDAR_PERIOD,
    COLUMN_MAPPING,
    COUNT,
    DATES,
    EXCEPTIONS,
    FLAG,
    HOURS_TEXT,
    LENGTH,
    MAINTENANCE_KINDS,
    MOMENT,
    PERCENTAGE,
    SEVERITIES,
    SEVERITY_WORDS,
    SHARE,
    STATUS_WORDS,
    TEXT,
    TEXTS,
    WEEK,
    WORDS,
    ZONE,
    one_of,
    or_off,
)
from sla_compliance.settings.notification_keys import ALERTS_KEYS, REPORTS_KEYS
from sla_compliance.settings.setting_key import SettingKey

HOURS_KEYS: Final = (
    SettingKey(
        "weekly",
        "ranges of weekdays, in wall-clock time of the zone",
        WEEK,
        default='{"mon-sun" = "00:00-24:00"}',
    ),
    SettingKey("holidays", "dates without service", DATES, default="[]"),
    SettingKey("exceptions", "ranges of single dates; they replace those of the weekday", EXCEPTIONS, default="{}"),
)
PLANNED_WORK_KEYS: Final = (
    SettingKey("notice", "how long before its start work must be announced", or_off(LENGTH), default="false"),
    SettingKey(
        "without_notice",
        "what becomes of work of which it is not known when it was announced; counts only with `notice`",
        one_of("accept", "reject"),
        default='"accept"',
    ),
    SettingKey(
        "hours",
        "the hours in which work is accepted: text or table, as `service_hours`",
        HOURS_TEXT,
        HOURS_KEYS,
        default='"always"',
    ),
    SettingKey("most_time", "how much work of each period is accepted", or_off(LENGTH), default="false"),
    SettingKey("most_windows", "how many windows of each period are accepted", or_off(COUNT), default="false"),
    SettingKey("per", "the period of these two: day, week, month, quarter or year", CALENDAR_PERIOD, default='"month"'),
    SettingKey(
        "excuses",
        'what work excuses: all downtime inside ("overlap"), or not the outage that was there when it began ("caused")',
        one_of("overlap", "caused"),
        default='"overlap"',
    ),
)
POLICY_KEYS: Final = (
    SettingKey("target", "promised availability, percent, exact: text or number", PERCENTAGE, default='"99.9"'),
    SettingKey("accounting", "what maintenance and exclusions count as", ACCOUNTING, default='"removed"'),
    SettingKey("severities", "alarms of these are outages", SEVERITIES, default='["critical", "major"]'),
    SettingKey("excluded_types", "alarms of these types are none", TEXTS, default="[]"),
    SettingKey("excluded_statuses", "alarms of these statuses are none", TEXTS, default="[]"),
    SettingKey("merge_gap", "shorter gaps between outages become downtime", LENGTH, default='"0 s"'),
    SettingKey("min_outage", "shorter outages are dropped", LENGTH, default='"0 s"'),
    SettingKey("stale_after", "open alarms unseen for longer end when last seen", or_off(LENGTH), default="false"),
    SettingKey("refreshed_every", "how often the source touches open alarms at least", or_off(LENGTH), default="false"),
    SettingKey(
        "doubt_at_most", "how long an alarm lasted at most that is over without a time", LENGTH, default='"24 h"'
    ),
    SettingKey(
        "unknown",
        'unmonitored time: "doubt", or "excluded" from the figure',
        one_of("doubt", "excluded"),
        default='"doubt"',
    ),
    SettingKey("minimum_coverage", "share of time, 0 to 1, below which unknown time is doubt", SHARE, default="0"),
    SettingKey(
        "accepted_maintenance",
        "kinds of maintenance that are accepted: planned, emergency",
        MAINTENANCE_KINDS,
        default='["planned"]',
    ),
    SettingKey("planned_work", "which planned work excuses", keys=PLANNED_WORK_KEYS),
)
IN_SERVICE_KEYS: Final = (
    SettingKey("from", "activation: a timestamp, or a date from its start", or_off(MOMENT), default="false"),
    SettingKey("to", "termination: a timestamp, or a date to its end", or_off(MOMENT), default="false"),
)
AGREEMENT_KEYS: Final = (
    SettingKey("zone", "time zone of the local days, an IANA name", ZONE, without="the tenant's row, or `--zone`"),
    SettingKey("service_hours", "agreed hours: text or table", HOURS_TEXT, HOURS_KEYS, default='"always"'),
    SettingKey("in_service", "when service is owed", keys=IN_SERVICE_KEYS),
    SettingKey("monitored_since", "earlier time is unknown: a timestamp or a date", or_off(MOMENT), default="false"),
    SettingKey(
        "monitor_gap",
        "shorter unmonitored stretches between two monitored instants of one state have that state",
        LENGTH,
        without="0 s in reports, 5 min in the service",
    ),
    SettingKey("policy", "what was promised and how it is measured", keys=POLICY_KEYS),
    SettingKey("reports", "reports that are made and sent", keys=REPORTS_KEYS),
    SettingKey("alerts", "when the tenant's people are alerted, and how", keys=ALERTS_KEYS),
)
CHANGES_KEYS: Final = (
    SettingKey("down", "the word, or words, of a state that is down", WORDS, is_required=True),
    SettingKey("up", "the same of up", WORDS, without="every other word"),
    SettingKey("key", "the column of what changes", TEXT, without="the log is about one thing"),
    SettingKey("at", "the column of when", TEXT, without='"at"'),
    SettingKey("state", "the column of the state", TEXT, without='"state"'),
    SettingKey(
        "before",
        "the state of a key before its first row: auto, unknown, up or down",
        one_of("auto", "unknown", "up", "down"),
        without='"auto"',
    ),
)
ROWS_KEYS: Final = (
    SettingKey("columns", "our name of a column = the files' name", COLUMN_MAPPING, without="our names"),
    SettingKey("times_in", "zone of times without an offset", ZONE, without="such times are refused"),
    SettingKey(
        "epoch",
        "unit of numbers that count from 1970: s, ms, us or ns",
        one_of("s", "ms", "us", "ns"),
        without="numbers are refused",
    ),
    SettingKey(
        "severity_map",
        'our severity = their word or words, "*" for all others',
        SEVERITY_WORDS,
        without="our words",
    ),
    SettingKey("status_map", "our status = their word or words", STATUS_WORDS, without="our words"),
    SettingKey(
        "on_invalid",
        'bad rows: "raise" refuses the file, "quarantine" sets them aside',
        one_of("raise", "quarantine"),
        without='"raise"',
    ),
    SettingKey("clock_skew", "alarms may clear this much too early", LENGTH, without="5 min on the command line"),
    SettingKey("changes", "the files are logs of state changes", keys=CHANGES_KEYS, without="a row is an alarm"),
)

_NEEDED_COLUMNS: Final = ("tenant_id", "severity", "first_occurrence", "cleared_at")
_NAIVE_TIMES: Final = SettingKey(
    "naive_times", 'times without an offset: "refused", or "utc"', one_of("refused", "utc"), without='"refused"'
)


_TIMES_IN: Final = SettingKey(
    "times_in", "the zone of times without an offset, instead of `naive_times`", or_off(ZONE), without="`naive_times`"
)


def _table_keys(table: str | None = None) -> Iterator[SettingKey]:
    """Yield the keys that every mapped table has; `table` is the name of one that the platform does not have."""
    yield SettingKey("table", "its name", TEXT, without="the platform's" if table is None else f'"{table}"')
    yield SettingKey("schema", "its schema", TEXT, without="the connection's own")
    yield SettingKey("where", "which rows count: a condition in the database's SQL", or_off(TEXT), without="all")
    yield _NAIVE_TIMES


def _column_keys(*names: str, needed: tuple[str, ...]) -> Iterator[SettingKey]:
    """Yield the keys of columns; `false` where the table has no such column, unless it is needed."""
    for name in names:
        kind = TEXT if name in needed else or_off(TEXT)
        yield SettingKey(name, "the column's name", kind, without=f'"{name}"')


ALARMS_TABLE_KEYS: Final = (
    *_table_keys(),
    *_column_keys("tenant_id", *(column.name for column in ALARM_COLUMNS), needed=_NEEDED_COLUMNS),
    SettingKey("more", "further columns, by their own names", TEXTS, without="[]"),
    SettingKey(
        "purged_after",
        "how long cleared rows are kept at least; earlier time is unknown, unless its days are stored",
        or_off(LENGTH),
        without="rows are never deleted",
    ),
    _TIMES_IN,
    SettingKey(
        "severity_map",
        'our severity = their word or words, "*" for all others',
        or_off(SEVERITY_WORDS),
        without="our words",
    ),
    SettingKey("status_map", "our status = their word or words", or_off(STATUS_WORDS), without="our words"),
)
MAINTENANCE_TABLE_KEYS: Final = (
    *_table_keys(),
    *_column_keys(
        "tenant_id",
        "start_time",
        "end_time",
        "status",
        "title",
        "affected_resources",
        "affected_customers",
        "affected_services",
        "announced_at",
        "entered_at",
        needed=("tenant_id", "start_time", "end_time"),
    ),
    SettingKey("author", "the column's name", or_off(TEXT), without='"created_by"'),
    _TIMES_IN,
    SettingKey("with_children", "windows reach the children of the alarms that they name", FLAG, without="false"),
)
INVENTORY_TABLE_KEYS: Final = (
    *_table_keys(table="inventory"),
    *_column_keys(
        "tenant_id",
        "key",
        "parents",
        "target",
        "in_service_from",
        "in_service_to",
        "service_hours",
        "zone",
        "title",
        needed=("tenant_id", "key"),
    ),
    _TIMES_IN,
)
_CORRECTION_COLUMNS: Final = (
    "tenant_id",
    "row_id",
    "starts",
    "ends",
    "severity",
    "void",
    "reason",
    "author",
    "entered_at",
)
CORRECTIONS_TABLE_KEYS: Final = (
    *_table_keys(table="sla_corrections"),
    *_column_keys("id", *_CORRECTION_COLUMNS, needed=_CORRECTION_COLUMNS),
    _TIMES_IN,
)
TENANTS_TABLE_KEYS: Final = (
    *_table_keys(),
    *_column_keys("id", "timezone", "created_at", needed=("id", "timezone", "created_at")),
    SettingKey("title", "the column's name: what people call a tenant", or_off(TEXT), without="their ids"),
)
TABLES_KEYS: Final = (
    SettingKey("alarms", "the table of alarms", keys=ALARMS_TABLE_KEYS),
    SettingKey("maintenance", "the table of maintenance windows", keys=MAINTENANCE_TABLE_KEYS),
    SettingKey("inventory", "the table of what tenants have; without it there is none", keys=INVENTORY_TABLE_KEYS),
    SettingKey("corrections", "the table of corrections; without it there are none", keys=CORRECTIONS_TABLE_KEYS),
    SettingKey("tenants", "the table of tenants", keys=TENANTS_TABLE_KEYS),
)
DEFAULTS_KEY: Final = SettingKey("defaults", "what holds for every tenant", keys=AGREEMENT_KEYS)
TENANTS_KEY: Final = SettingKey("tenants", "the tenants by their ids; each overrides the defaults key by key")
ROWS_KEY: Final = SettingKey("rows", "how rows of files are read", keys=ROWS_KEYS)
TABLES_KEY: Final = SettingKey("tables", "tables and columns of a database", keys=TABLES_KEYS)
FILE_KEYS: Final = (DEFAULTS_KEY, TENANTS_KEY, ROWS_KEY, TABLES_KEY)
