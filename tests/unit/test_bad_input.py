"""Bad input: one clear error of ours for each, at once, naming the field, whatever its size."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

import pytest

import sla_compliance as sla
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.errors import InstantOutOfRangeError, InvalidServiceHoursError
from sla_compliance.intervals import IntervalSet
from sla_compliance.labels import Accounting, Counts, Scope, State

START: Final = datetime(2025, 10, 8, tzinfo=UTC)
END: Final = datetime(2025, 10, 9, tzinfo=UTC)
NAIVE: Final = datetime(2025, 10, 8, 9)  # noqa: DTZ001
HUGE: Final = "9" * 1_000_000
ODD: Final = "\U000e0001" * 1_000_000
FIRST: Final = datetime.min.replace(tzinfo=UTC)
LAST: Final = datetime.max.replace(tzinfo=UTC)
DAYS: Final = ",".join(map(str, range(1, 32)))
HOURS: Final = ",".join(map(str, range(24)))
LONGEST_MESSAGE: Final = 500
LONGEST_SECONDS: Final = 2.0  # a second without the measurement of coverage, which takes as long again

Value, Type = sla.InvalidValueError, sla.InvalidTypeError
Naive, Stamp, Range = sla.NaiveDatetimeError, sla.InvalidTimestampError, InstantOutOfRangeError
Target, Zone, Interval = sla.InvalidTargetError, sla.UnknownZoneError, sla.InvalidIntervalError
Rule, Hours, Rows = sla.InvalidRecurrenceError, InvalidServiceHoursError, sla.InvalidAlarmsError


def arabic(text: str) -> str:
    """Return a text with its digits in Arabic."""
    return text.translate({ord("0") + digit: 0x660 + digit for digit in range(10)})


def full_width(text: str) -> str:
    """Return a text with its digits in full width."""
    return text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


class _Raising:
    """An integer of a foreign type that raises when it is read."""

    def __index__(self) -> int:
        raise RuntimeError("no number")


class _Array:
    """What has the method of an integer and is none, as an array of numpy."""

    def __index__(self) -> int:
        raise TypeError("only integer scalar arrays")


class Case(NamedTuple):
    """One bad input: what is called, what it must raise and what the message must name."""

    id: str
    call: Callable[[], object]
    error: type[sla.SLAComplianceError]
    names: str


def evaluate(**changed: Any) -> Callable[[], object]:
    """Return a call of evaluate() with some arguments changed."""
    terms: dict[str, Any] = {"alarms": [], "start": START, "end": END, "zone": "UTC", "as_of": END, **changed}
    return lambda: sla.evaluate(terms.pop("alarms"), **terms)


def by_period(period: Any) -> Callable[[], object]:
    """Return a call that asks a report for a period."""
    return lambda: sla.evaluate([], start=START, end=END, zone="UTC", as_of=END).by(period)


def incidents(**changed: Any) -> Callable[[], object]:
    """Return a call that asks a report for incidents, by some bounds or accounting."""
    return lambda: sla.evaluate([], start=START, end=END, zone="UTC", as_of=END).incidents(**changed)


def record() -> sla.ComplianceRecord:
    """Return the record of an empty day."""
    return sla.evaluate([], start=START, end=END, zone="UTC", as_of=END).total


def bounds(*arguments: Any, **keywords: Any) -> Callable[[], object]:
    """Return a call that asks a report for bounds."""
    return lambda: sla.evaluate([], start=START, end=END, zone="UTC", as_of=END).bounds(*arguments, **keywords)


def counted(mapping: Any) -> Callable[[], object]:
    """Return a call that makes an accounting."""
    return lambda: Accounting(mapping)


def filtered(*severities: Any, **excluded: Any) -> Callable[[], object]:
    """Return a call that makes a filter."""
    return lambda: sla.AlarmFilter(*severities, **excluded)


def each(**changed: Any) -> Callable[[], object]:
    """Return a call of evaluate_each() with some arguments changed."""
    terms: dict[str, Any] = {"alarms": [sla.Alarm(START)], "start": START, "end": END, "zone": "UTC", "as_of": END}
    terms |= changed
    return lambda: sla.evaluate_each(terms.pop("alarms"), **terms)


def alarm(*arguments: Any, **changed: Any) -> Callable[[], object]:
    """Return a call that takes one alarm through the gate."""
    return lambda: sla.AlarmBatch.from_alarms([sla.Alarm(*(arguments or (START,)), **changed)])


def columns(**changed: Any) -> Callable[[], object]:
    """Return a call that takes columns of one row through the gate."""
    return lambda: sla.AlarmBatch.from_columns(**{"starts_us": [0], "ends_us": [1], **changed})


def request(*texts: Any, **changed: Any) -> Callable[[], object]:
    """Return a call of whole_days()."""
    return lambda: sla.whole_days(*texts, **{"zone": "UTC", "now": END, **changed})


def policy(*target: Any, **changed: Any) -> Callable[[], object]:
    """Return a call that makes a policy."""
    return lambda: sla.SLAPolicy(*target, **changed)


def work(**rules: Any) -> Callable[[], object]:
    """Return a call that makes rules of planned work."""
    return lambda: sla.PlannedWork(**rules)


def window(*bounds: Any, **changed: Any) -> Callable[[], object]:
    """Return a call that makes a maintenance window and expands it far and wide."""
    return lambda: sla.MaintenanceWindow(*(bounds or (START, END)), **changed).expand("UTC", 0, 2**52)


def rule(text: Any) -> Callable[[], object]:
    """Return a call that makes a recurring window and expands it far and wide."""
    return window(recurrence=text)


def stamp(text: Any) -> Callable[[], object]:
    """Return a call of parse_timestamp()."""
    return lambda: sla.parse_timestamp(text)


TIMESTAMPS = [
    Case(f"timestamp {name}", stamp(text), Stamp, "timestamp")
    for name, text in {
        "empty": "",
        "blank": " ",
        "a date": "2025-10-08",
        "without zone": "2025-10-08T09:00:00",
        "blank before": " 2025-10-08T09:00:00Z",
        "newline behind": "2025-10-08T09:00:00Z\n",
        "lower-case z": "2025-10-08T09:00:00z",
        "lower-case t": "2025-10-08t09:00:00Z",
        "two blanks": "2025-10-08  09:00:00Z",
        "underscore": "2025-10-08_09:00:00Z",
        "24:00": "2025-10-08T24:00:00Z",
        "leap second": "2025-12-31T23:59:60Z",
        "minute 60": "2025-10-08T09:60:00Z",
        "month 13": "2025-13-08T09:00:00Z",
        "30 February": "2025-02-30T09:00:00Z",
        "29 February of a common year": "2025-02-29T09:00:00Z",
        "year 0": "0000-10-08T09:00:00Z",
        "year of five digits": "12025-10-08T09:00:00Z",
        "week date": "2025-W41-3T09:00:00Z",
        "ordinal date": "2025-281T09:00:00Z",
        "basic format": "20251008T090000Z",
        "without seconds": "2025-10-08T09:00Z",
        "comma": "2025-10-08T09:00:00,5Z",
        "dot without digits": "2025-10-08T09:00:00.Z",
        "ten digits": "2025-10-08T09:00:00.1234567890Z",
        "offset without colon": "2025-10-08T09:00:00+0100",
        "offset of hours": "2025-10-08T09:00:00+01",
        "offset of 24 hours": "2025-10-08T09:00:00+24:00",
        "offset of 60 minutes": "2025-10-08T09:00:00+01:60",
        "a minus sign of Unicode": "2025-10-08T09:00:00\u221201:00",
        "lost plus": "2025-10-08T09:00:00 01:00",
        "lost plus behind a fraction": "2025-10-08T09:00:00.5 01:00",
        "Arabic digits": arabic("2025-10-08T09:00:00Z"),
        "full-width digits": full_width("2025-10-08T09:00:00Z"),
        "a lone surrogate": "2025-10-08T09:00:00\ud800",
        "a million digits": HUGE,
        "a million odd characters": ODD,
    }.items()
] + [
    Case("timestamp None", stamp(None), Type, "timestamp"),
    Case("timestamp number", stamp(1_759_914_000), Type, "timestamp"),
    Case("timestamp bytes", stamp(b"2025-10-08T09:00:00Z"), Type, "timestamp"),
    Case("timestamp datetime", stamp(START), Type, "timestamp"),
]

REQUESTS = [
    Case("from_date empty", request(""), Stamp, "from_date"),
    Case("from_date of words", request("yesterday"), Stamp, "from_date"),
    Case("from_date American", request("10/08/2025"), Stamp, "from_date"),
    Case("from_date 31 September", request("2025-09-31"), Stamp, "from_date"),
    Case("from_date Arabic", request(arabic("2025-10-08")), Stamp, "from_date"),
    Case("from_date huge", request(HUGE), Stamp, "from_date"),
    Case("from_date None", request(None), Type, "from_date"),
    Case("from_date date", request(date(2025, 10, 8)), Type, "from_date"),
    Case("to_date of words", request("2025-10-08", "today"), Stamp, "to_date"),
    Case("to_date number", request("2025-10-08", 5), Type, "to_date"),
    Case("to_date before", request("2025-10-08", "2025-10-07"), Interval, "to_date"),
    Case("to_date equal", request("2025-10-08T00:00:00Z", "2025-10-08T00:00:00Z"), Interval, "to_date"),
    Case("from_date in year 1", request("0001-01-01"), Range, "from_date"),
    Case("from_date beyond", request("2025-10-08", "9999-12-31"), Range, "to_date"),
    Case("from_date at the edge", request("9999-12-31T23:59:59-23:59"), Range, "from_date"),
    Case("to_date before year 1", request("0001-01-01T00:00:00+23:59"), Range, "from_date"),
    Case("now naive", request("2025-10-08", now=NAIVE), Naive, "now"),
    Case("now text", request("2025-10-08", now="now"), Type, "now"),
    Case("91 days", request("2025-01-01", "2025-04-01", max_days=90), sla.RangeTooLongError, "from_date"),
    Case("92 dates up to now", request("2025-07-10", max_days=90), sla.RangeTooLongError, "from_date"),
    Case("max_days text", request("2025-10-08", max_days="90"), Type, "max_days"),
    Case("max_days True", request("2025-10-08", max_days=True), Type, "max_days"),
    Case("date of another type", lambda: first_instant_us("2025-10-08", "UTC"), Type, "day"),  # type: ignore[arg-type]
]

ZONES = [
    Case(f"zone {name}", evaluate(zone=zone), Zone, "zone")
    for name, zone in {
        "empty": "",
        "dot": ".",
        "folder": "Europe",
        "folder with slash": "Europe/",
        "path": "../../etc/passwd",
        "absolute path": "/usr/share/zoneinfo/UTC",
        "backslash": "Europe\\Berlin",
        "case": "europe/berlin",
        "blank": "Europe/Berlin ",
        "POSIX rule": "CET-1CEST,M3.5.0,M10.5.0/3",
        "offset": "+01:00",
        "UTC offset": "UTC+1",
        "localtime": "localtime",
        "posixrules": "posixrules",
        "right": "right/Europe/Berlin",
        "posix": "posix/Europe/Berlin",
        "Factory": "Factory",
        "a file of the package": "tzdata.zi",
        "NUL": "Europe/Ber\0lin",
        "misspelt": "Africa/Lagoss",
        "huge": HUGE,
        "odd": ODD,
    }.items()
] + [
    Case("zone None", evaluate(zone=None), Type, "zone"),
    Case("zone tzinfo", evaluate(zone=UTC), Type, "zone"),
    Case("zone list", evaluate(zone=["UTC"]), Type, "zone"),
    Case("zone of a request", request("2025-10-08", zone="Mars/Olympus"), Zone, "zone"),
    Case("zone of a window", window(zone="Mars/Olympus"), Zone, "zone"),
]

TARGETS = [
    Case(f"target {name}", policy(target), Target, "target_percentage")
    for name, target in {
        "NaN": float("nan"),
        "infinity": float("inf"),
        "minus infinity": float("-inf"),
        "-1": -1,
        "below 0": "-0.0001",
        "100.0001": 100.0001,
        "101": 101,
        "text nan": "nan",
        "text inf": "Infinity",
        "empty": "",
        "blanks": " 99.9 ",
        "underscore": "9_9",
        "comma": "99,9",
        "percent sign": "99.9%",
        "Arabic digits": arabic("99.9"),
        "full-width digits": full_width("99.9"),
        "hexadecimal": "0x63",
        "fraction": "999/1000",
        "words": "three nines",
        "dot": ".",
        "two dots": "99.9.9",
        "exponent alone": "e2",
        "a large exponent": "1e999999999",
        "a small exponent": "1e-999999999",
        "a long exponent": "1e" + "9" * 1_000_000,
        "a million digits": HUGE,
        "a large integer": 10**100_000,
        "a negative large integer": -(10**100_000),
        "a large decimal": Decimal("1e999999999"),
        "a small decimal": Decimal("1e-999999999"),
        "decimal NaN": Decimal("NaN"),
        "signalling NaN": Decimal("sNaN"),
        "decimal infinity": Decimal("Infinity"),
        "decimal of many digits": Decimal("99." + "9" * 100_000),
    }.items()
] + [
    Case(f"target {name}", policy(target), Type, "target_percentage")
    for name, target in {"True": True, "None": None, "bytes": b"99.9", "list": [99.9], "complex": 99j}.items()
]

POLICIES = [
    Case("merge_gap number", policy(merge_gap=60), Type, "merge_gap"),
    Case("merge_gap None", policy(merge_gap=None), Type, "merge_gap"),
    Case("merge_gap negative", policy(merge_gap=timedelta(seconds=-1)), Value, "merge_gap"),
    Case("min_outage text", policy(min_outage="5m"), Type, "min_outage"),
    Case("min_outage negative", policy(min_outage=timedelta.min), Value, "min_outage"),
    Case("stale_after number", policy(stale_after=7), Type, "stale_after"),
    Case("stale_after negative", policy(stale_after=timedelta(-1)), Value, "stale_after"),
    Case("qualifying text", policy(qualifying="critical"), Type, "qualifying"),
    Case("accounting name", policy(accounting="REMOVED"), Type, "accounting"),
    Case("accepted_maintenance text", policy(accepted_maintenance="planned"), Type, "accepted_maintenance"),
    Case("accepted_maintenance texts", policy(accepted_maintenance=["planned"]), Type, "accepted_maintenance"),
    Case("accepted_maintenance lists", policy(accepted_maintenance=[[]]), Type, "accepted_maintenance"),
    Case("accepted_maintenance number", policy(accepted_maintenance=1), Type, "accepted_maintenance"),
    Case("planned_work None", policy(planned_work=None), Type, "planned_work"),
    Case("unknown typo", policy(unknown="exclude"), Value, "unknown"),
    Case("unknown list", policy(unknown=[]), Value, "unknown"),
    Case("minimum_coverage text of words", policy(minimum_coverage="most"), Value, "minimum_coverage"),
    Case("minimum_coverage percentage", policy(minimum_coverage=95), Value, "minimum_coverage"),
    Case("minimum_coverage negative", policy(minimum_coverage=-0.5), Value, "minimum_coverage"),
    Case("minimum_coverage True", policy(minimum_coverage=True), Type, "minimum_coverage"),
    Case("minimum_coverage huge", policy(minimum_coverage=Decimal("1e999999999")), Value, "minimum_coverage"),
    Case("refreshed_every number", policy(refreshed_every=5), Type, "refreshed_every"),
    Case("doubt_at_most None", policy(doubt_at_most=None), Type, "doubt_at_most"),
    Case("notice number", work(notice=5), Type, "notice"),
    Case("notice negative", work(notice=timedelta(-1)), Value, "notice"),
    Case("without_notice typo", work(without_notice="refuse"), Value, "without_notice"),
    Case("hours text", work(hours="mon 09:00-17:00"), Type, "hours"),
    Case("most_time number", work(most_time=5), Type, "most_time"),
    Case("most_windows text", work(most_windows="2"), Type, "most_windows"),
    Case("most_windows True", work(most_windows=True), Type, "most_windows"),
    Case("most_windows negative", work(most_windows=-1), Value, "most_windows"),
    Case("per text", work(per="month"), Type, "per"),
    Case("per rolling", work(per=sla.Period.rolling(30)), Value, "per"),
    Case("excuses typo", work(excuses="cause"), Value, "excuses"),
    Case("severities text", filtered("critical"), Type, "severities"),
    Case("severities number", filtered(1), Type, "severities"),
    Case("severities unknown", filtered({"critcal"}), Value, "severities"),
    Case("severities none", filtered(()), Value, "severities"),
    Case("severities of numbers", filtered([1]), Type, "severities"),
    Case("statuses text", filtered(excluded_statuses="suppressed"), Type, "excluded_statuses"),
    Case(
        "types of None",
        filtered(excluded_alarm_types=[None]),
        Type,
        "excluded_alarm_types",
    ),
    Case("accounting None", counted(None), Type, "accounting"),
    Case("accounting list", counted([]), Type, "accounting"),
    Case("accounting of texts", counted({("AGREED", "UP"): Counts.UP}), Type, "accounting"),
    Case("accounting of one key", counted({Scope.AGREED: Counts.UP}), Type, "accounting"),
    Case("accounting value", counted({(Scope.AGREED, State.UP): "UP"}), Type, "accounting"),
    Case(
        "accounting of the future", lambda: Accounting({(Scope.AGREED, State.NOT_YET): Counts.UP}), Value, "accounting"
    ),
]

WINDOWS_ASKED_FOR = [
    Case("start naive", evaluate(start=NAIVE), Naive, "start"),
    Case("start date", evaluate(start=date(2025, 10, 8)), Type, "start"),
    Case("start text", evaluate(start="2025-10-08"), Type, "start"),
    Case("start in year 1", evaluate(start=FIRST), Range, "start"),
    Case("end naive", evaluate(end=NAIVE), Naive, "end"),
    Case("end in year 9999", evaluate(end=LAST), Range, "end"),
    Case("end before start", evaluate(start=END, end=START), Interval, "end"),
    Case("as_of naive", evaluate(as_of=NAIVE), Naive, "as_of"),
    Case("as_of None", evaluate(as_of=None), Type, "as_of"),
    Case("policy None", evaluate(policy=None), Type, "policy"),
    Case("policy number", evaluate(policy=99.9), Type, "policy"),
    Case("alarms None", evaluate(alarms=None), Type, "alarms"),
    Case("alarms text", evaluate(alarms="alarms.csv"), Type, "alarms"),
    Case("alarms mapping", evaluate(alarms={}), Type, "alarms"),
    Case("alarms one", evaluate(alarms=sla.Alarm(START)), Type, "alarms"),
    Case("alarms of dicts", evaluate(alarms=[{"severity": "critical"}]), Value, "alarms"),
    Case(
        "alarms of dicts in quarantine",
        evaluate(alarms=[sla.Alarm(START), {}], on_invalid="quarantine"),
        Type,
        "alarms[1]",
    ),
    Case("on_invalid", evaluate(on_invalid="ignore"), Value, "on_invalid"),
    Case("on_invalid list", evaluate(on_invalid=[]), Value, "on_invalid"),
    Case("period text", by_period("month"), Type, "period"),
    Case("incidents naive", incidents(start=NAIVE), Naive, "start"),
    Case("incidents text", incidents(end="now"), Type, "end"),
    Case("incidents accounting text", incidents(accounting="COUNTED"), Type, "accounting"),
    Case("incidents reversed", incidents(start=END, end=START), Interval, "end"),
    Case("by list", each(by=["resource_id"]), Type, "by"),
    Case("by unknown", each(by="circuit"), Value, "by"),
    Case("by huge", each(by=HUGE), Value, "by"),
    Case("by unknown on no rows", each(alarms=[], by="circuit"), Value, "by"),
    Case("by unknown on no rows with an inventory", each(alarms=[], by="circuit", inventory=["c1"]), Value, "by"),
    Case("by unknown on no batch", each(alarms=sla.AlarmBatch(), by="circuit", inventory=["c1"]), Value, "by"),
    Case("unkeyed unknown", each(unkeyed="everyone"), Value, "unkeyed"),
    Case("unkeyed list", each(unkeyed=[]), Value, "unkeyed"),
    Case("each without start", lambda: sla.evaluate_each([], end=END, zone="UTC", as_of=END), Type, "start"),  # type: ignore[call-arg]
    Case("each without as_of", lambda: sla.evaluate_each([], start=START, end=END, zone="UTC"), Type, "as_of"),  # type: ignore[call-arg]
    Case("each with a typo", each(polcy=sla.SLAPolicy()), Type, "polcy"),
    Case("monitor_gap number", evaluate(monitor_gap=5), Type, "monitor_gap"),
    Case("monitor_gap negative", evaluate(monitor_gap=timedelta(-1)), Value, "monitor_gap"),
    Case("bounds of no record", bounds("October"), Type, "record"),
    Case("bounds of no record, polled", bounds(5, polled_every=timedelta(1)), Type, "record"),
    Case("polled_every number", bounds(polled_every=60), Type, "polled_every"),
    Case("polled_every negative", bounds(polled_every=timedelta(-1)), Value, "polled_every"),
    Case("counted_as a name", lambda: record().counted_as("GROSS"), Type, "accounting"),  # type: ignore[arg-type]
    Case("counted_as a number", lambda: record().counted_as(5), Type, "accounting"),  # type: ignore[arg-type]
    Case("with_target None", lambda: record().with_target(None), Type, "target_percentage"),  # type: ignore[arg-type]
    Case("with_target too large", lambda: record().with_target(101), Target, "target_percentage"),
    Case("severity unknown word", lambda: sla.Severity("x"), Value, "severity"),
    Case("severity number", lambda: sla.Severity(5), Type, "severity"),  # type: ignore[arg-type]
    Case("inventory text", each(inventory="r1"), Type, "inventory"),
    Case("inventory number", each(inventory=1), Type, "inventory"),
    Case("inventory of lists", each(inventory=[["r1"]]), Type, "inventory"),
    Case("inventory of tuples of lists", each(inventory=[(["r1"],)]), Type, "inventory"),
]

PAIRS = [
    Case(f"{field} {name}", evaluate(**{field: value}), error, field)
    for field in ("maintenance", "exclusions", "in_service", "monitored", "service_hours")
    for name, value, error in (
        ("text", "mon-fri", Type),
        ("number", 1, Type),
        ("mapping", {}, Type),
        ("of datetimes", [START, END], Type),
        ("of threes", [(START, END, END)], Type),
        ("of texts", [("a", "b")], Type),
        ("naive", [(NAIVE, END)], Naive),
        ("reversed", [(END, START)], Interval),
        ("in year 9999", [(START, LAST)], Range),
    )
]

ALARMS = [
    Case("first_occurrence naive", alarm(NAIVE), Rows, "alarms[0].first_occurrence"),
    Case("first_occurrence None", alarm(None), Rows, "alarms[0].first_occurrence"),
    Case("first_occurrence text", alarm(HUGE), Type, "alarms[0].first_occurrence"),
    Case("first_occurrence NaN", alarm(float("nan")), Rows, "alarms[0].first_occurrence"),
    Case(
        "first_occurrence in the second week of year 1", alarm(datetime(1, 1, 9, tzinfo=UTC)), Rows, "first_occurrence"
    ),
    Case("first_occurrence in year 1", alarm(FIRST), Rows, "alarms[0].first_occurrence"),
    Case("cleared_at naive", alarm(START, NAIVE), Rows, "alarms[0].cleared_at"),
    Case("cleared_at number", alarm(START, 5), Type, "alarms[0].cleared_at"),
    Case("cleared_at naive in year 1", alarm(START, datetime.min), Rows, "alarms[0].cleared_at"),  # noqa: DTZ901
    Case("last_occurrence in year 9999", alarm(last_occurrence=LAST), Rows, "alarms[0].last_occurrence"),
    Case("cleared_at before", alarm(END, START), Rows, "alarms[0].cleared_at"),
    Case("resolved_at before", alarm(END, resolved_at=START), Rows, "alarms[0].resolved_at"),
    Case("resolved_at naive", alarm(resolved_at=NAIVE), Rows, "alarms[0].resolved_at"),
    Case("last_occurrence naive", alarm(last_occurrence=NAIVE), Rows, "alarms[0].last_occurrence"),
    Case(
        "last_occurrence before",
        alarm(END, last_occurrence=START, status="cleared"),
        Rows,
        "alarms[0].last_occurrence",
    ),
    Case("severity unknown", alarm(severity="fatal"), Rows, "alarms[0].severity"),
    Case("severity None", alarm(severity=None), Rows, "alarms[0].severity"),
    Case("severity list", alarm(severity=["critical"]), Rows, "alarms[0].severity"),
    Case("severity huge", alarm(severity=ODD), Rows, "alarms[0].severity"),
    Case("id list", alarm(id=[1]), Rows, "alarms[0].id"),
    Case("resource_id list", alarm(resource_id=["r1"]), Rows, "alarms[0].resource_id"),
    Case("clock_skew number", lambda: sla.AlarmBatch.from_alarms([], clock_skew=1), Type, "clock_skew"),  # type: ignore[arg-type]
    Case("clock_skew negative", columns(clock_skew=timedelta(-1)), Value, "clock_skew"),
    Case("starts_us None", columns(starts_us=None), Type, "starts_us"),
    Case("ends_us None", columns(ends_us=None), Type, "ends_us"),
    Case("ends_us number", columns(ends_us=1), Type, "ends_us"),
    Case("starts_us text", columns(starts_us="0"), Type, "starts_us"),
    Case("starts_us of floats", columns(starts_us=[0.0]), Type, "starts_us[0]"),
    Case("starts_us of None", columns(starts_us=[None]), Rows, "starts_us[0]"),
    Case("starts_us of True", columns(starts_us=[True]), Type, "starts_us[0]"),
    Case("starts_us too large", columns(starts_us=[10**100_000]), Rows, "starts_us[0]"),
    Case("starts_us of the inside", columns(starts_us=[2**62]), Rows, "starts_us[0]"),
    Case("starts_us in quarantine", columns(starts_us=[0.5], on_invalid="quarantine"), Type, "starts_us[0]"),
    Case("starts_us of a foreign type that raises", columns(starts_us=[_Raising()]), Rows, "starts_us[0]"),
    Case("starts_us of arrays", columns(starts_us=[_Array()]), Type, "starts_us[0]"),
    Case("ends_us of NaN and a text", columns(starts_us=[0, 0], ends_us=[float("nan"), "1"]), Type, "ends_us[1]"),
    Case("last_occurrences_us of floats", columns(last_occurrences_us=[0.5]), Type, "last_occurrences_us[0]"),
    Case("severities unknown in columns", columns(severities=["fatal"]), Rows, "severities[0]"),
    Case("more number", columns(more=0), Type, "more"),
    Case("ends_us of texts", columns(ends_us=["1"]), Type, "ends_us[0]"),
    Case("ends_us of None and a text", columns(starts_us=[0, 0], ends_us=[None, "1"]), Type, "ends_us[1]"),
    Case("ends_us before", columns(ends_us=[-1]), Rows, "ends_us[0]"),
    Case("ends_us of two rows", columns(ends_us=[1, 2]), Interval, "ends_us"),
    Case("severities of no row", columns(severities=[]), Interval, "severities"),
    Case("severities one text", columns(severities="critical"), Type, "severities"),
    Case("resource_ids text", columns(resource_ids="r"), Type, "resource_ids"),
    Case("titles bytes", columns(titles=b"t"), Type, "titles"),
    Case("more list", columns(more=[1]), Type, "more"),
    Case("more of numbers", columns(more={1: [1]}), Type, "more"),
    Case("more of another length", columns(more={"circuit": [1, 2]}), Interval, "circuit"),
    Case("row_names of no row", columns(row_names=[]), Interval, "row_names"),
    Case(
        "by a column of lists",
        lambda: sla.AlarmBatch.from_columns(starts_us=[0], ends_us=[1], more={"tags": [[]]}).by("tags"),
        Type,
        "by",
    ),
]

INTERVALS = [
    Case("intervals None", lambda: IntervalSet.from_columns(None, None), Type, "starts_us"),  # type: ignore[arg-type]
    Case("intervals generator", lambda: IntervalSet.from_columns([], iter(())), Type, "ends_us"),  # type: ignore[arg-type]
    Case("intervals of two lengths", lambda: IntervalSet.from_columns([0], []), Interval, "ends_us"),
    Case("intervals reversed", lambda: IntervalSet.from_columns([0, 9], [1, 8]), Interval, "ends_us[1]"),
    Case("intervals of floats", lambda: IntervalSet.from_columns([0.5], [1]), Type, "starts_us[0]"),  # type: ignore[list-item]
    Case("pairs of threes", lambda: IntervalSet.from_pairs([(0, 1, 2)]), Type, "pairs[0]"),  # type: ignore[list-item]
    Case("pairs number", lambda: IntervalSet.from_pairs(7), Type, "pairs[0]"),  # type: ignore[arg-type]
    Case("k 0", lambda: IntervalSet.at_least(0, [], []), Interval, "k"),
    Case("k text", lambda: IntervalSet.at_least("1", [], []), Type, "k"),  # type: ignore[arg-type]
    Case("operator | with a list", lambda: IntervalSet() | [], Type, "other"),  # type: ignore[operator]
    Case("operator & with a number", lambda: IntervalSet() & 5, Type, "other"),  # type: ignore[operator]
    Case("operator - with None", lambda: IntervalSet() - None, Type, "other"),  # type: ignore[operator]
    Case("union with a pair", lambda: IntervalSet.union([(0, 1)]), Type, "sets"),  # type: ignore[list-item]
    Case("in of a text", lambda: "now" in IntervalSet(), Type, "instant"),  # type: ignore[operator]
    Case("in of a datetime", lambda: START in IntervalSet(), Type, "instant"),  # type: ignore[operator]
    Case("clip of a datetime", lambda: IntervalSet().clip(START, 5), Type, "start_us"),  # type: ignore[arg-type]
    Case("clip of a float", lambda: IntervalSet().clip(0, 0.5), Type, "end_us"),  # type: ignore[arg-type]
    Case("complement of texts", lambda: IntervalSet().complement("0", "1"), Type, "start_us"),  # type: ignore[arg-type]
    Case("k True", lambda: IntervalSet.at_least(True, [], []), Type, "k"),
    Case("bounds unsorted", lambda: IntervalSet().measure([2, 1]), Interval, "bounds_us"),
    Case("bounds of texts", lambda: IntervalSet().measure(["a"]), Type, "bounds_us[0]"),  # type: ignore[list-item]
    Case("bounds None", lambda: IntervalSet().measure(None), Type, "bounds_us"),  # type: ignore[arg-type]
]

RULES = [
    Case(f"rule {name}", rule(text), Rule, "recurrence")
    for name, text in {
        "empty": "",
        "words": "every sunday",
        "without FREQ": "BYDAY=SU",
        "SECONDLY": "FREQ=SECONDLY",
        "MINUTELY": "FREQ=MINUTELY",
        "HOURLY": "FREQ=HOURLY",
        "INTERVAL 0": "FREQ=DAILY;INTERVAL=0",
        "INTERVAL -1": "FREQ=DAILY;INTERVAL=-1",
        "INTERVAL huge": "FREQ=DAILY;INTERVAL=" + "9" * 500,
        "COUNT huge": "FREQ=DAILY;COUNT=999999999",
        "COUNT and UNTIL": "FREQ=DAILY;COUNT=2;UNTIL=20261231",
        "30 February": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "never": "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6,9,11",
        "twice": "FREQ=DAILY;FREQ=DAILY",
        "unknown part": "FREQ=DAILY;BYEASTER=0",
        "UNTIL words": "FREQ=DAILY;UNTIL=tomorrow",
        "UNTIL 31 February": "FREQ=DAILY;UNTIL=20260231",
        "BYHOUR 24": "FREQ=DAILY;BYHOUR=24",
        "BYSECOND": "FREQ=DAILY;BYSECOND=0,1,2",
        "BYSETPOS alone": "FREQ=MONTHLY;BYSETPOS=1",
        "Arabic digits": arabic("FREQ=DAILY;INTERVAL=2"),
        "DTSTART": "DTSTART:20251008T000000\nRRULE:FREQ=DAILY",
        "huge": "FREQ=DAILY;BYHOUR=" + ",".join(["1"] * 1_000_000),
        "odd": ODD,
    }.items()
] + [
    Case(
        "rule of every hour for 142 years", rule(f"FREQ=MONTHLY;BYMONTHDAY={DAYS};BYHOUR={HOURS}"), Rule, "recurrence"
    ),
    Case("rule of every hour, yearly", rule(f"FREQ=YEARLY;BYMONTHDAY={DAYS};BYHOUR={HOURS}"), Rule, "recurrence"),
    Case("rule of every hour, daily", rule(f"FREQ=DAILY;BYHOUR={HOURS}"), Rule, "recurrence"),
    Case("rule None in a list", rule([None]), Type, "recurrence"),
    Case("window naive", window(NAIVE, END), Naive, "start"),
    Case("window reversed", window(END, START), Interval, "end"),
    Case("window in year 9999", window(START, LAST), Range, "end"),
    Case("window of texts", window("a", "b"), Type, "start"),
    Case("window kind", window(kind="routine"), Value, "kind"),
    Case("window kind number", window(kind=1), Type, "kind"),
    Case("window kind huge", window(kind=HUGE), Value, "kind"),
    Case("window reason", window(reason=None), Type, "reason"),
    Case("window applies_to text", window(applies_to="r1"), Type, "applies_to"),
    Case("window applies_to nothing", window(applies_to={}), Value, "applies_to"),
    Case("window applies_to floats", window(applies_to={"resource_id": [1.0]}), Type, "applies_to"),
    Case("window applies_to huge", window(applies_to={HUGE: 1.5}), Type, "applies_to"),
    Case("window applies_to a tuple", window(applies_to={"resource_id": [("olt", "1")]}), Type, "applies_to"),
    Case("window applies_to an empty key", window(applies_to={(): ["r1"]}), Type, "applies_to"),
    Case("window applies_to columns of numbers", window(applies_to={(1, 2): [("a", "b")]}), Type, "applies_to"),
    Case("window applies_to single values of two columns", window(applies_to={("a", "b"): ["x"]}), Type, "applies_to"),
    Case("window applies_to threes of two columns", window(applies_to={("a", "b"): [(1, 2, 3)]}), Type, "applies_to"),
    Case("window applies_to no list of two columns", window(applies_to={("a", "b"): 5}), Type, "applies_to"),
    Case("window with_children alone", window(with_children=True), Value, "with_children"),
    Case("window with_children text", window(applies_to={"id": "1"}, with_children="yes"), Type, "with_children"),
    Case("window entered_at naive", window(entered_at=NAIVE), Naive, "entered_at"),
    Case("window actual_end", window(actual_end=NAIVE), Naive, "actual_end"),
    Case("exclusion blank reason", lambda: sla.Exclusion(START, END, reason=" "), Value, "reason"),
    Case("exclusion reversed", lambda: sla.Exclusion(END, START, reason="x"), Interval, "end"),
]

SERVICE_HOURS = [
    Case(f"hours {name}", lambda text=text: sla.ServiceHours.parse(text), Hours, "service_hours")  # type: ignore[misc]
    for name, text in {
        "empty": "",
        "of an unknown day": "moon 09:00-17:00",
        "25:00": "mon 09:00-25:00",
        "09:60": "mon 09:60-17:00",
        "of no length": "mon 09:00-09:00",
        "without minutes": "mon 9-17",
        "overlapping": "mon 09:00-12:00,11:00-13:00",
        "of a day named twice": "mon 09:00-12:00; mon-fri 13:00-17:00",
        "in Arabic digits": arabic("mon 09:00-17:00"),
        "huge": HUGE,
        "odd": "mon " + ODD,
    }.items()
] + [
    Case("hours None", lambda: sla.ServiceHours.parse(None), Type, "service_hours"),  # type: ignore[arg-type]
    Case("hours list", lambda: sla.ServiceHours.weekly(["mon"]), Type, "hours"),  # type: ignore[arg-type]
    Case("holidays text", lambda: sla.ServiceHours.weekly({"mon": "09:00-17:00"}, holidays=["x"]), Type, "hours"),  # type: ignore[list-item]
]

CASES = [
    *TIMESTAMPS, *REQUESTS, *ZONES, *TARGETS, *POLICIES, *WINDOWS_ASKED_FOR, *PAIRS, *ALARMS, *INTERVALS, *RULES,
    *SERVICE_HOURS,
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_bad_input_gets_one_clear_error_of_ours_at_once(case: Case) -> None:
    """The documented class with its builtin parent, short, on one line, naming the field, in a second of computing."""
    began = time.process_time()
    with pytest.raises(sla.SLAComplianceError) as raised:
        case.call()
    assert time.process_time() - began < LONGEST_SECONDS
    message = str(raised.value)
    assert type(raised.value) is case.error
    assert isinstance(raised.value, TypeError if case.error is Type else ValueError)
    assert case.names in message
    assert case.names in raised.value.field or case.error is Rows
    assert len(message) < LONGEST_MESSAGE
    assert message.isprintable()


def test_the_table_is_long() -> None:
    """No row stands in it twice."""
    assert len({case.id for case in CASES}) == len(CASES) > 140
