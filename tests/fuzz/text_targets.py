"""Targets whose input is one text: timestamps, durations, percentages, recurrences, service hours, contract files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

import sla_compliance as sla
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.policy import target_ratio
from sla_compliance.rounding import percentage_decimals, percentage_text, shown_percentage
from sla_compliance.rows.times import Epoch
from sla_compliance.settings import loads
from sla_compliance.units import DAY_US, instant_us, length_text, parse_date, read_length
from tests.fuzz.byte_reader import ByteReader
from tests.fuzz.target import Target, documented_errors_only, text_of

START: Final = datetime(2025, 10, 20, tzinfo=UTC)
ZONES: Final = ("UTC", "Europe/Lisbon", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu", "Africa/Cairo")
EPOCHS: Final[tuple[Epoch | None, ...]] = (None, "s", "ms", "us", "ns")


def check_times(data: bytes) -> None:
    """A timestamp that is taken is the same instant when it is written and read again."""
    reader = ByteReader(data)
    times_in, epoch, zone = reader.choice((None, *ZONES)), reader.choice(EPOCHS), reader.choice(ZONES)
    text = text_of(reader.remaining())
    with documented_errors_only():
        moment = sla.parse_timestamp(text)
        assert sla.parse_timestamp(moment.isoformat()) == moment
    with documented_errors_only():
        assert parse_date(text).isoformat() == text
    with documented_errors_only():
        start, end = sla.whole_days(text, zone=zone, now=START)
        assert start <= end
    with documented_errors_only():
        batch = sla.alarms_from_rows([{"first_occurrence": text}], times_in=times_in, epoch=epoch)
        assert len(batch) == 1


def check_lengths(data: bytes) -> None:
    """A length that is taken is not negative, and is the same when it is written and read again."""
    with documented_errors_only():
        length = read_length(text_of(data), field="merge_gap")
        assert length >= timedelta(0)
        written = length_text(length // timedelta(microseconds=1))
        assert isinstance(written, str)


def check_percentages(data: bytes) -> None:
    """A target that is taken lies in [0, 1], is not rounded up when it is shown, and makes a policy."""
    text = text_of(data)
    for target in (text, *_numbers_of(text)):
        with documented_errors_only():
            ratio = target_ratio(target)
            assert 0 <= ratio <= 1
            decimals = percentage_decimals(ratio)
            assert Fraction(percentage_text(ratio, decimals)) <= ratio * 100
            assert shown_percentage(ratio, decimals) <= 100
            assert len(sla.SLAPolicy(target).fingerprint) == 16


def _numbers_of(text: str) -> list[float | Decimal]:
    """Return the numbers that Python takes a text for."""
    numbers: list[float | Decimal] = []
    for kind in (float, Decimal):
        try:
            numbers.append(kind(text))
        except (ValueError, InvalidOperation):
            continue
    return numbers


def check_recurrences(data: bytes) -> None:
    """Occurrences lie in the window that was asked for, whatever the rule."""
    reader = ByteReader(data)
    zone = reader.choice(ZONES)
    start = datetime(reader.integer(1, 9999), reader.integer(1, 12), reader.integer(1, 28), reader.integer(0, 23))  # noqa: DTZ001 - on the wall
    length = timedelta(minutes=reader.integer(1, 10_000))
    begin_us = instant_us(START, field="start") + reader.integer(-4000, 4000) * DAY_US
    end_us = begin_us + reader.integer(1, 400) * DAY_US
    with documented_errors_only():
        window = sla.MaintenanceWindow(
            start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + length, recurrence=text_of(reader.remaining())
        )
        occurrences = window.expand(zone, begin_us, end_us)
        assert 0 <= occurrences.total_us <= end_us - begin_us


def check_service_hours(data: bytes) -> None:
    """Hours that are taken are the same when they are written and read again, and lie in the window."""
    reader = ByteReader(data)
    zone = reader.choice(ZONES)
    text = text_of(reader.remaining())
    begin_us = instant_us(START, field="start")
    with documented_errors_only():
        hours = ServiceHours.parse(text)
        assert ServiceHours.parse(hours.canonical()) == hours
        time = hours.expand(zone, begin_us, begin_us + 14 * DAY_US)
        assert 0 <= time.total_us <= 14 * DAY_US


def check_contract_file(data: bytes) -> None:
    """A contract that is taken answers for its defaults and its tenants."""
    with documented_errors_only():
        settings = loads(text_of(data))
        for agreement in (settings.defaults, *settings.tenants.values()):
            assert len(agreement.policy.fingerprint) == 16


_CONTRACT: Final = """
[defaults]
zone = "Europe/Lisbon"
in_service_from = 2025-01-01
[defaults.policy]
target = 99.9
accounting = "removed"
merge_gap = "5m"
severities = ["critical", "major"]
[defaults.service_hours]
weekly = "mon-fri 09:00-17:00"
[rows]
times_in = "UTC"
[rows.columns]
first_occurrence = "Time"
[tenants.acme]
zone = "UTC"
[tenants.acme.policy]
target = "99.95"
[tables.alarms]
name = "alarms"
"""
_WORDS_OF_TIMES: Final = """
    2025-10-26T01:30:00+00:00 T Z +05:45 24:00 23:59:60 .123456 0001-01-01 9999-12-31 1761436800 26.10.2025 10/26/2025
    1:30 PM Oct 26, 1e30 \ufeff
"""
_WORDS_OF_RULES: Final = """
    FREQ= DAILY WEEKLY MONTHLY YEARLY ; INTERVAL= COUNT= UNTIL=20261231T000000Z WKST=MO BYMONTH= BYMONTHDAY=-1
    BYYEARDAY=366 BYWEEKNO=53 BYHOUR=0,1,2 BYSETPOS=-1 BYDAY= 5SU -1FR 53MO MO,TU,WE,TH,FR,SA,SU RRULE: 31 29 9999
"""
_WORDS_OF_HOURS: Final = """
    mon fri sat,sun mon-sun 09:00-17:00 22:00-06:00 00:00-24:00 closed ; , - 24x7 2025-10-26 1-5,09:00-17:00 Mo-Fr 47:59
"""
_WORDS_OF_CONTRACTS: Final = """
    [defaults.policy] [defaults] [tenants.acme] [rows] [rows.columns] [tables.alarms] target zone merge_gap min_outage
    stale_after doubt_at_most unknown accounting severities service_hours in_service_from monitored_since = \"\"\"
    1979-05-27T07:32:00Z 1979-05-27 inf nan 1e999 [[ ]] { } \\ud800 0x _ true
"""

TARGETS: Final = (
    Target(
        name="times",
        check=check_times,
        seeds=(
            b"\0\0\x002025-10-26T01:30:00+00:00",
            b"\1\1\x0126.10.2025 01:30",
            b"\1\2\2" + b"1761436800.5",
            b"\0\0\x03yesterday",
        ),
        words=tuple(_WORDS_OF_TIMES.split()),
        longest_bytes=96,
    ),
    Target(
        name="lengths",
        check=check_lengths,
        seeds=(b"5m", b"1h30m", b"24h", b"1.5s", b"P1D", b"3 days", b"-1s", b"99999999999999d"),
        words=("us", "ms", "s", "m", "h", "d", "w", " ", ".", "1e9", "٣"),
        longest_bytes=48,
    ),
    Target(
        name="percentages",
        check=check_percentages,
        seeds=(b"99.9", b"100", b"0", b"99.99999999999", b"1e-400", b"1e999999999", b".5e1", b"NaN", b"-0", b"9_9"),
        words=("e", "E-", "99.", "00", "inf", "nan", "sNaN", "+", "-", "_"),
        longest_bytes=500,
    ),
    Target(
        name="recurrences",
        check=check_recurrences,
        seeds=(
            b"\1" + bytes([0xE8, 7, 3, 9, 2, 60, 0, 100, 15, 100, 0]) + b"FREQ=WEEKLY;BYDAY=SU",
            b"\1" + bytes([0xE8, 7, 1, 27, 2, 60, 0, 100, 15, 100, 0]) + b"FREQ=MONTHLY;BYDAY=-1FR;COUNT=9",
            b"\2" + bytes([0xE8, 7, 1, 27, 2, 60, 0, 100, 15, 100, 0]) + b"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            b"\3" + bytes([0, 0, 1, 27, 2, 60, 0, 100, 15, 100, 0]) + b"FREQ=DAILY;INTERVAL=3;UNTIL=20261231T000000Z",
        ),
        words=tuple(_WORDS_OF_RULES.split()),
        longest_bytes=160,
    ),
    Target(
        name="service_hours",
        check=check_service_hours,
        seeds=(
            b"\1mon-fri 09:00-17:00; sat 10:00-14:00; 2025-10-26 closed",
            b"\2sat-sun 22:00-06:00",
            b"\x0324x7",
            b"\1" + b"1-5,09:00-17:00",
        ),
        words=tuple(_WORDS_OF_HOURS.split()),
        longest_bytes=200,
    ),
    Target(
        name="contract_file",
        check=check_contract_file,
        seeds=(_CONTRACT.encode(), b"[defaults.policy]\ntarget = 99.95", b'["defaults"]\nzone = "UTC"', b""),
        words=tuple(_WORDS_OF_CONTRACTS.split()),
        longest_bytes=2_000,
    ),
)
