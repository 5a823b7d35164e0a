"""Reading contract files: what they say, how tenants override the defaults, and every fault by its path."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

import sla_compliance as sla
from sla_compliance import settings
from sla_compliance.agreements import TenantSettings
from sla_compliance.calendars.planned_work import PlannedWork
from sla_compliance.errors import (
    InvalidContractError,
    InvalidFileError,
    InvalidTypeError,
    InvalidValueError,
    SLAComplianceError,
)
from sla_compliance.settings import Agreement, RowSettings, Settings
from sla_compliance.settings.keys import AGREEMENT_KEYS
from sla_compliance.settings.setting_key import SettingKey
from sla_compliance.units import instant_us

FULL = """
[defaults]
zone = "Africa/Lagos"
service_hours = "mon-fri 08:00-18:00; 2026-12-25 closed"
in_service = {from = 2026-01-20, to = "2027-01-01T00:00:00+01:00"}
monitored_since = 2026-01-20T09:00:00Z
monitor_gap = "10 min"

[defaults.policy]
target = 99.95
accounting = "planned-downtime-removed"
severities = ["critical", "MAJOR", "minor"]
excluded_types = ["Test"]
excluded_statuses = ["suppressed"]
merge_gap = "60 s"
min_outage = "1 min 30 s"
stale_after = "7 days"
refreshed_every = "1h"
doubt_at_most = "12 h"
unknown = "excluded"
minimum_coverage = 0.9
accepted_maintenance = ["planned", "emergency"]

[defaults.policy.planned_work]
notice = "5 days"
without_notice = "reject"
hours = "sun 01:00-05:00"
most_time = "4 h"
most_windows = 2
per = "quarter"
excuses = "caused"

[tenants.acme.policy]
target = "99.99"
stale_after = false
[tenants.acme.policy.planned_work]
most_windows = false

[tenants."beta.example"]
service_hours = "always"
in_service.to = false

[rows]
columns = {first_occurrence = "raised_at"}
times_in = "Africa/Lagos"
epoch = "ms"
severity_map = {critical = ["High", "Disaster"], minor = "*"}
status_map = {resolved = "Done"}
on_invalid = "quarantine"
clock_skew = "2 min"

[tables.alarms]
table = "faults"
title = false
more = ["circuit_id"]
naive_times = "utc"

[tables.maintenance]
with_children = true
"""
POLICY = sla.SLAPolicy(
    "99.95",
    qualifying=sla.AlarmFilter({"critical", "major", "minor"}, ["test"], ["suppressed"]),
    accounting=sla.Accounting.PLANNED_DOWNTIME_REMOVED,
    merge_gap=timedelta(seconds=60),
    min_outage=timedelta(seconds=90),
    stale_after=timedelta(days=7),
    refreshed_every=timedelta(hours=1),
    doubt_at_most=timedelta(hours=12),
    unknown="excluded",
    minimum_coverage="0.9",
    accepted_maintenance=set(sla.MaintenanceKind),
    planned_work=PlannedWork(
        notice=timedelta(days=5),
        without_notice="reject",
        hours=sla.ServiceHours.parse("sun 01:00-05:00"),
        most_time=timedelta(hours=4),
        most_windows=2,
        per=sla.Period.QUARTER,
        excuses="caused",
    ),
)


def faults_of(text: str) -> dict[str, str]:
    """Return the messages of a file's faults by their paths."""
    with pytest.raises(InvalidContractError) as caught:
        settings.loads(text, name="sla.toml")
    assert str(caught.value).startswith(f"sla.toml has {len(caught.value.exceptions)}")
    faults = {fault.field: str(fault) for fault in caught.value.exceptions if isinstance(fault, SLAComplianceError)}
    assert all(message.startswith(path) and message in caught.value.message for path, message in faults.items())
    return faults


def test_every_rule_of_an_agreement_can_be_said() -> None:
    """Each key reaches the value of the library that it names."""
    contract = settings.loads(FULL)
    assert contract.policy == POLICY
    assert contract.service_hours == sla.ServiceHours.parse("mon-fri 08:00-18:00; 2026-12-25 closed")
    assert contract.defaults == Agreement(
        zone="Africa/Lagos",
        policy=POLICY,
        service_hours=contract.service_hours,
        in_service_from=date(2026, 1, 20),
        in_service_to=datetime(2026, 12, 31, 23, tzinfo=UTC),
        monitored_since=datetime(2026, 1, 20, 9, tzinfo=UTC),
        monitor_gap=timedelta(minutes=10),
    )


def test_a_tenant_overrides_key_by_key_at_any_depth() -> None:
    """What its table leaves out is the defaults'; `false` and "always" switch a rule off."""
    contract = settings.loads(FULL)
    work = PlannedWork(
        notice=timedelta(days=5),
        without_notice="reject",
        hours=sla.ServiceHours.parse("sun 01:00-05:00"),
        most_time=timedelta(hours=4),
        per=sla.Period.QUARTER,
        excuses="caused",
    )
    acme, beta = contract.agreement("acme"), contract.agreement("beta.example")
    assert acme.policy == POLICY.with_changes(target_percentage="99.99", stale_after=None, planned_work=work)
    assert (acme.service_hours, acme.own_keys) == (contract.service_hours, frozenset({"policy"}))
    assert (beta.policy, beta.service_hours, beta.in_service_to) == (POLICY, None, None)
    assert beta.in_service_from == date(2026, 1, 20)
    assert contract.agreement("other") is contract.agreement(None) is contract.defaults


def test_a_table_of_hours_overrides_hours_that_were_written_as_text() -> None:
    """A text and a table say the same things; lists and hours of the week are replaced as a whole."""
    contract = settings.loads(
        """
        [defaults]
        service_hours = "mon-fri 08:00-18:00; 2026-12-25 closed; 2026-12-24 08:00-12:00"
        [tenants.longer.service_hours]
        weekly = {"mon-sat" = "07:00-19:00"}
        [tenants.festive.service_hours]
        holidays = [2026-12-26, "2026-12-24"]
        [tenants.strict.service_hours]
        holidays = []
        exceptions = {}
        """
    )
    texts = {name: agreement.service_hours for name, agreement in contract.tenants.items()}
    weekdays = "mon-fri 08:00-18:00"
    assert texts == {
        "longer": sla.ServiceHours.parse("mon-sat 07:00-19:00; 2026-12-25 closed; 2026-12-24 08:00-12:00"),
        "festive": sla.ServiceHours.parse(f"{weekdays}; 2026-12-24 08:00-12:00; 2026-12-26 closed"),
        "strict": sla.ServiceHours.parse(weekdays),
    }


def test_holidays_alone_leave_all_other_time_agreed() -> None:
    """The week is whole where it is not said."""
    contract = settings.loads("[defaults.service_hours]\nholidays = [2026-12-25]")
    assert contract.service_hours == sla.ServiceHours.parse("mon-sun 00:00-24:00; 2026-12-25 closed")


def _default_lines(keys: tuple[SettingKey, ...], table: str) -> list[str]:
    lines = [f"[{table}]", *(f"{key.name} = {key.default}" for key in keys if key.default)]
    for key in keys:
        if key.kind is None:
            lines += _default_lines(key.keys, f"{table}.{key.name}")
    return lines


def test_the_documented_defaults_are_the_defaults() -> None:
    """A file that says all of them says what an empty one does."""
    text = "\n".join(_default_lines(AGREEMENT_KEYS, "defaults"))
    assert 'target = "99.9"' in text
    assert settings.loads(text) == settings.loads("") == Settings()
    assert settings.loads("").policy == sla.SLAPolicy()
    hours = settings.loads('[defaults.service_hours]\nweekly = {"mon-sun" = "00:00-24:00"}\nholidays = []')
    assert hours.service_hours == sla.ServiceHours.parse("mon-sun 00:00-24:00")


def test_rows_and_tables_are_plain_data() -> None:
    """Keywords of the readers that take them; what the file does not say is absent."""
    contract = settings.loads(FULL)
    assert contract.rows == RowSettings(
        options={
            "columns": {"first_occurrence": "raised_at"},
            "times_in": "Africa/Lagos",
            "epoch": "ms",
            "severity_map": {"critical": ("High", "Disaster"), "minor": ("*",)},
            "status_map": {"resolved": ("Done",)},
            "on_invalid": "quarantine",
            "clock_skew": timedelta(minutes=2),
        }
    )
    assert contract.tables == {
        "alarms": {"table": "faults", "title": None, "more": ("circuit_id",), "naive_times": "utc"},
        "maintenance": {"with_children": True},
    }


def test_logs_of_changes_have_keywords_of_their_own() -> None:
    """Those of the rows that hold for both are among them."""
    contract = settings.loads(
        """
        [rows]
        times_in = "UTC"
        clock_skew = "1 s"
        [rows.changes]
        down = ["DOWN", "CRITICAL"]
        up = "UP"
        key = "monitor"
        at = "time"
        state = "status"
        before = "unknown"
        """
    )
    assert contract.rows.changes == {
        "down": ("DOWN", "CRITICAL"),
        "up": ("UP",),
        "key": "monitor",
        "at": "time",
        "state": "status",
        "before": "unknown",
        "times_in": "UTC",
    }


class TestAgreements:
    """From agreements to what evaluations and services take."""

    def test_dates_are_days_of_the_zone(self) -> None:
        """A date as an end is included."""
        agreement = settings.loads("[defaults]\nin_service = {from = 2026-01-20, to = 2026-01-20}").defaults
        start, end = datetime(2026, 1, 19, 23, tzinfo=UTC), datetime(2026, 1, 20, 23, tzinfo=UTC)
        expected = (instant_us(start, field="start"), instant_us(end, field="end"))
        assert list(agreement.in_service("Africa/Lagos")) == [expected]

    def test_a_service_takes_the_tenants_of_a_file(self) -> None:
        """Without a table of tenants the file is enough."""
        (lagos,) = settings.loads(FULL.partition("[tenants.")[0] + "[tenants.acme]").tenant_settings().values()
        assert lagos == TenantSettings(
            "Africa/Lagos",
            POLICY,
            service_hours=sla.ServiceHours.parse("mon-fri 08:00-18:00; 2026-12-25 closed"),
            in_service=[(datetime(2026, 1, 19, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC))],
            monitored_since=datetime(2026, 1, 20, 9, tzinfo=UTC),
            monitor_gap=timedelta(minutes=10),
        )
        plain = settings.loads('[tenants.acme]\nzone = "UTC"').tenant_settings()
        assert plain == {"acme": TenantSettings("UTC")}

    def test_a_tenant_without_a_zone_is_no_tenant_of_a_service(self) -> None:
        """The message names the key."""
        with pytest.raises(InvalidValueError, match=r'^tenants\."a b"\.zone is missing; give it'):
            settings.loads('[tenants."a b"]').tenant_settings()
        zoned = settings.loads('[tenants."a b"]').agreement("a b").tenant_settings("UTC")
        assert zoned == TenantSettings("UTC")

    def test_all_time_is_monitored_unless_the_file_says_since_when(self) -> None:
        """And in service."""
        agreement = Agreement()
        always = TenantSettings("UTC")
        assert (agreement.monitored("UTC"), agreement.in_service("UTC")) == (always.monitored, always.in_service)


def test_a_policy_with_changes_keeps_all_else() -> None:
    """The target too, exactly."""
    third = sla.SLAPolicy(minimum_coverage=Fraction(1, 3))
    assert third.with_changes() == third
    assert POLICY.with_changes(merge_gap=timedelta(0)).with_changes(merge_gap=POLICY.merge_gap) == POLICY
    assert POLICY.with_changes(target_percentage="95").target_ratio == Fraction(19, 20)
    with pytest.raises(InvalidValueError, match="min_outage"):
        POLICY.with_changes(min_outage=timedelta(-1))


FAULTS = {
    # Keys
    "no such table": ("[tenant.acme]", "tenant", 'no key of a contract file; did you mean "tenants"?'),
    "a near miss": ("[tenants.acme.policy]\nmerge_gab = '5 min'", "tenants.acme.policy.merge_gab", '"merge_gap"?'),
    "a key one table too high": ("[defaults]\ntarget = 99", "defaults.target", "did you mean defaults.policy.target?"),
    "a key at the top": ("zone = 'UTC'", "zone", "did you mean defaults.zone?"),
    "a rule at the top": ("target = 99", "target", "did you mean defaults.policy.target?"),
    "an unknown key": ("[tables]\nx = 1", "tables.x", "here are alarms, maintenance, inventory, corrections, tenants"),
    "a long key": (f"{'k' * 99} = 1", f'"{"k" * 60}..."', "here are defaults"),
    "an empty tenant id": ("[tenants.'']", 'tenants.""', "is the empty id; give the tenant's"),
    # Types
    "no table of tenants": ("tenants = 3", "tenants", "is 3; write it as a table, [tenants]"),
    "a list for a table": ("[[defaults]]", "defaults", "is a list; write it as a table, [defaults]"),
    "a tenant that is text": ("tenants.acme = 'x'", "tenants.acme", "is 'x'; write it as a table"),
    "a table for a text": ("[defaults.zone]", "defaults.zone", "is a table; give a name such as 'Africa/Lagos'"),
    "a time of day": ("[defaults]\nmonitored_since = 08:00:00", "defaults.monitored_since", "is 08:00:00; give a"),
    "a bool for a number": ("[defaults.policy]\ntarget = true", "defaults.policy.target", "is true; give a percentage"),
    "a number for a length": ("[defaults.policy]\nmerge_gap = 5", "defaults.policy.merge_gap", "is 5; give a length"),
    "a text for a list": ("[defaults.policy]\nseverities = 'x'", "defaults.policy.severities", "give a list such as"),
    "a number in a list": (
        "[defaults.policy]\nexcluded_types = [1]",
        "defaults.policy.excluded_types[0]",
        "is 1; give",
    ),
    "true, where false is a value": (
        "[defaults.policy]\nstale_after = true",
        "defaults.policy.stale_after",
        "is true; give a length such as '5 min' or '7 days', or false",
    ),
    "false, where it is none": (
        "[defaults.policy]\nmerge_gap = false",
        "defaults.policy.merge_gap",
        "is false; give a",
    ),
    "a flag that is none": (
        "[tables.maintenance]\nwith_children = 1",
        "tables.maintenance.with_children",
        "true or fal",
    ),
    # Values
    "no percentage": (
        "[defaults.policy]\ntarget = 100.1",
        "defaults.policy.target",
        "is 100.1; give a percentage from 0",
    ),
    "not a number": ("[defaults.policy]\ntarget = nan", "defaults.policy.target", "is NaN; give a percentage from 0"),
    "no share": ("[defaults.policy]\nminimum_coverage = 2", "defaults.policy.minimum_coverage", "a share from 0 to 1"),
    "no zone": ("[defaults]\nzone = 'Afrika/Lagos'", "defaults.zone", "did you mean 'Africa/Lagos'?"),
    "no length": (
        "[defaults.policy]\nmerge_gap = '5'",
        "defaults.policy.merge_gap",
        "is '5'; give a length such as 90 s",
    ),
    "no severity": ("[defaults.policy]\nseverities = ['x']", "defaults.policy.severities", "is 'x'; give one of crit"),
    "no severities": ("[defaults.policy]\nseverities = []", "defaults.policy.severities", "names none"),
    "no accounting": ("[defaults.policy]\naccounting = 'REMOVED'", "defaults.policy.accounting", "one of removed, pl"),
    "no kind": (
        "[defaults.policy]\naccepted_maintenance = ['planed']",
        "defaults.policy.accepted_maintenance[0]",
        "is 'planed'; give one of planned, emergency",
    ),
    "fewer windows than none": (
        "[defaults.policy.planned_work]\nmost_windows = -1",
        "defaults.policy.planned_work.most_windows",
        "is -1; give a number from 0",
    ),
    "no period": (
        "[defaults.policy.planned_work]\nper = 'weekly'",
        "defaults.policy.planned_work.per",
        "is 'weekly'; give one of day, week",
    ),
    "hours of no day": ("[defaults]\nservice_hours = 'x 09:00-10:00'", "defaults.service_hours", "name 'x'; name days"),
    "hours of the week": (
        "[defaults.service_hours]\nweekly = {mon = '9-10'}",
        "defaults.service_hours.weekly",
        "hold '9-10'; write a range as 09:00-17:00",
    ),
    "no hours at all": ("[defaults.service_hours]\nweekly = {}", "defaults.service_hours.weekly", "hold no hours"),
    "a holiday that is no date": (
        "[defaults.service_hours]\nholidays = ['2026-02-30']",
        "defaults.service_hours.holidays[0]",
        "is '2026-02-30'; day",
    ),
    "an exception of no date": (
        "[defaults.service_hours]\nexceptions = {x = '09:00-10:00'}",
        "defaults.service_hours.exceptions",
        "is 'x'; write it as",
    ),
    "an exception without hours": (
        "[defaults.service_hours]\nexceptions = {2026-12-24 = 'shut'}",
        "defaults.service_hours.exceptions.2026-12-24",
        "hold 'shut'; write a range",
    ),
    "a naive time": (
        "[defaults]\nmonitored_since = 2026-01-01T00:00:00",
        "defaults.monitored_since",
        "without an offset; write it as 2026-01-20T00:00:00+01:00, or as a date",
    ),
    "a text that is no time": (
        "[defaults]\nmonitored_since = 'May'",
        "defaults.monitored_since",
        "is 'May'; write it as",
    ),
    "the year 1": (
        "[defaults]\nmonitored_since = 0001-01-01",
        "defaults.monitored_since",
        "give a year from 2 to 9998",
    ),
    "an instant of the year 1": (
        "[defaults]\nmonitored_since = 0001-01-01T00:00:00Z",
        "defaults.monitored_since",
        "outside 0001-01-04",
    ),
    "an empty text": ("[tables.alarms]\ntable = ''", "tables.alarms.table", "is empty; give a text"),
    "a needed column": ("[tables.alarms]\nseverity = false", "tables.alarms.severity", "is false; give a text"),
    "no severity of ours": ("[rows.severity_map]\nHigh = 'x'", "rows.severity_map.High", "is 'High'; give one of crit"),
    "one severity of ours twice": (
        "[rows.severity_map]\nminor = '*'\nCritical = 'High'\ncritical = 'Disaster'",
        "rows.severity_map.critical",
        "is critical a second time; write it once",
    ),
    "no words": ("[rows.status_map]\nresolved = []", "rows.status_map.resolved", "is empty; give a word or a list"),
    "a column that is no text": ("[rows.columns]\nid = 1", "rows.columns.id", "is 1; give a text"),
    "changes without a word": ("[rows.changes]\nup = 'UP'", "rows.changes.down", "is missing; give the word, or words"),
    # Together
    "service that ends before it starts": (
        "[defaults]\nin_service = {from = 2026-01-02, to = 2025-01-01}",
        "defaults.in_service.to",
        "is 2025-01-01, before start 2026-01-02; swap them",
    ),
    "hours that a tenant takes away": (
        "[defaults]\nservice_hours = '2026-12-24 09:00-10:00'\n[tenants.a.service_hours]\nexceptions = {}",
        "tenants.a.service_hours",
        "hold no hours; give some, or 'always'",
    ),
    "planned work without hours": (
        "[defaults.policy.planned_work]\nhours = '2026-12-24 09:00-10:00'\n"
        "[tenants.a.policy.planned_work.hours]\nexceptions = {}",
        "tenants.a.policy.planned_work.hours",
        "hold no hours",
    ),
}


@pytest.mark.parametrize(("text", "path", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_its_path_and_the_way_out(text: str, path: str, fault: str) -> None:
    """One fault is one message."""
    faults = faults_of(text)
    assert list(faults) == [path]
    assert fault in faults[path]


def test_all_faults_are_told_together() -> None:
    """In the order of the file; tenants come last. A wrong key hides no wrong value."""
    faults = faults_of(
        """
        colour = "red"
        [tenants.acme.policy]
        target = "999"
        merge_gab = "5 min"
        [tenants.acme]
        zone = "Mars"
        [defaults.policy]
        unknown = "maybe"
        """
    )
    assert list(faults) == [
        "colour",
        "defaults.policy.unknown",
        "tenants.acme.policy.target",
        "tenants.acme.policy.merge_gab",
        "tenants.acme.zone",
    ]
    assert faults["tenants.acme.policy.target"] == (
        "tenants.acme.policy.target is '999'; give a percentage from 0 to 100, such as 99.9"
    )


def test_a_file_full_of_faults_is_not_read_to_its_end() -> None:
    """Fifty are enough."""
    text = "\n".join(f"k{number} = 1" for number in range(100))
    with pytest.raises(InvalidContractError, match="^sla.toml has 50 or more faults:") as caught:
        settings.loads(text, name="sla.toml")
    assert len(caught.value.exceptions) == 50


def test_the_error_survives_a_worker() -> None:
    """It can be pickled, and split as any group."""
    with pytest.raises(InvalidContractError) as caught:
        settings.loads("x = 1\ny = 2")
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert [str(fault) for fault in error.exceptions] == [str(fault) for fault in caught.value.exceptions]
    assert isinstance(error.subgroup(InvalidValueError), InvalidContractError)


class TestFiles:
    """What is no contract file at all."""

    def test_a_file_is_read_by_its_path(self, tmp_path: Path) -> None:
        """A byte order mark, as Windows writes it, is no part of the text."""
        path = tmp_path / "sla.toml"
        path.write_bytes(b"\xef\xbb\xbf" + FULL.encode())
        assert settings.load(path) == settings.load(str(path)) == settings.loads(FULL)

    def test_a_syntax_error_names_line_and_column(self, tmp_path: Path) -> None:
        """Of the file as the caller calls it."""
        path = tmp_path / "sla.toml"
        path.write_text("[defaults]\nzone = \n")
        with pytest.raises(InvalidFileError) as caught:
            settings.load(path)
        assert str(caught.value) == f"{path}:2:8 is no TOML: Invalid value"
        assert (caught.value.path, caught.value.line) == (str(path), 2)

    @pytest.mark.parametrize(
        ("text", "fault"),
        {
            "cut off": (
                "[defaults",
                " is no TOML: Expected ']' at the end of a table declaration (at end of document)",
            ),
            "nested": ("x = " + "[" * 100_000, " is nested too deeply; its tables have at most five levels"),
            "an exponent": ("x = 1e99999999999999999999", " holds a number that is out of range; write a smaller one"),
            "a huge number": ("x = " + "9" * 5_000, " holds a number that is out of range; write a smaller one"),
            "half a pair": ("# \n# \ud800", ":2 is no UTF-8; save the file as UTF-8"),
            "too long": ("#" * (2**20 + 1), " is longer than 1 MiB; a contract file is not"),
        }.values(),
    )
    def test_what_is_no_toml_is_one_error(self, text: str, fault: str) -> None:
        """At once, whatever the text."""
        with pytest.raises(InvalidFileError) as caught:
            settings.loads(text, name="sla.toml")
        assert str(caught.value) == f"sla.toml{fault}"

    def test_a_file_of_a_mebibyte_is_read(self) -> None:
        """The limit itself is allowed."""
        assert settings.loads("#" * 2**20) == Settings()

    def test_what_cannot_be_opened_is_the_systems_error(self, tmp_path: Path) -> None:
        """But for a path that no system has."""
        with pytest.raises(FileNotFoundError):
            settings.load(tmp_path / "none.toml")
        with pytest.raises(InvalidFileError, match=r"^'a\\x00b' cannot be read: no path holds a NUL"):
            settings.load("a\0b")

    def test_a_text_is_needed(self) -> None:
        """Bytes are none."""
        with pytest.raises(InvalidTypeError, match="^text is b'x'; give text"):
            settings.loads(b"x")  # type: ignore[arg-type]
