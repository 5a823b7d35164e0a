"""What a person asked for, as a window of whole local days: dates, or a number of days."""
################################################################
# A bare YYYY-MM-DD is the tenant's local day; as an end it is included.
# A timestamp is an instant; the window is widened to whole local days of the
# tenant (an end on a midnight is not widened). Without an end it is now.
#
# A limit of days is judged on the request as given: refused when it exceeds
# that many days both in elapsed time and on the tenant's wall clock (90 local
# days over the autumn change are 90 d 1 h, and allowed). Without an end, at most
# one more local date than the limit, today included: a browser's "90 days ago"
# is a moment more than 90 days ago when it arrives.
#
# The last n days are the local day that holds now, whole, and the n - 1 dates before
# it. A request names dates or a number of days, never both.
################################################################

from __future__ import annotations

from datetime import date, datetime, timedelta

from sla_compliance.calendars.local_days import first_instant_us, local_days
from sla_compliance.calendars.wall_clock import wall_time
from sla_compliance.checks import wrong_type, wrong_value
from sla_compliance.errors import (
    InstantOutOfRangeError,
    InvalidIntervalError,
    InvalidValueError,
    RangeTooLongError,
    shown,
)
from sla_compliance.units import DAY_US, MICROSECOND, instant_us, moment, parse_date, parse_timestamp
from sla_compliance.zones import load_zone

_DATE_LENGTH = len("2025-10-08")
ONE_DAY = timedelta(days=1)


def whole_days(
    from_date: str,
    to_date: str | None = None,
    *,
    zone: str,
    now: datetime,
    max_days: int | None = None,
    from_field: str = "from_date",
    to_field: str = "to_date",
) -> tuple[datetime, datetime]:
    """Return the window of whole local days that a request names, in the tenant's zone, half-open.

    Without `to_date`, a `from_date` in the future gives an empty window: start == end.

    Args:
        from_date, to_date: dates or timestamps, as in `parse_timestamp`.
        zone: the tenant's zone, an IANA name.
        now: the instant of the request, aware.
        max_days: the limit of days; None: any.
        from_field, to_field: what errors call the two texts, e.g. "--from" and "--to".

    Raises:
        InvalidTimestampError: a text is neither date nor timestamp.
        InvalidIntervalError: `to_date` is not behind `from_date`.
        RangeTooLongError: the request exceeds the limit.

    >>> from datetime import datetime, timezone
    >>> now = datetime(2025, 10, 8, 12, tzinfo=timezone.utc)
    >>> start, end = whole_days("2025-10-07", zone="Africa/Lagos", now=now)
    >>> start.isoformat(), end.isoformat()
    ('2025-10-07T00:00:00+01:00', '2025-10-09T00:00:00+01:00')
    """
    rules = load_zone(zone)
    _check_limit(max_days)
    now_us = instant_us(now, field="now")
    start_us = _instant(from_date, zone, from_field, is_end=False)
    end_us = now_us if to_date is None else _instant(to_date, zone, to_field, is_end=True)
    if to_date is None and start_us >= end_us:
        return moment(start_us, rules), moment(start_us, rules)
    if end_us <= start_us:
        raise InvalidIntervalError(
            f"{to_field} is {shown(to_date)}, not behind {from_field} {shown(from_date)}; swap them", field=to_field
        )
    if max_days is not None and _is_too_long(start_us, end_us, zone, max_days, has_end=to_date is not None):
        asked = f"{from_field} {shown(from_date)} to {'now' if to_date is None else shown(to_date)}"
        raise RangeTooLongError(f"{asked} is more than {max_days} days; ask for fewer", field=from_field)
    first, last = local_days(zone, start_us, start_us + 1), local_days(zone, end_us - 1, end_us)
    return moment(first.bounds_us[0], rules), moment(last.bounds_us[-1], rules)


def last_days(days: int, *, zone: str, now: datetime, max_days: int | None = None) -> tuple[datetime, datetime]:
    """Return the window of today and the `days - 1` local dates before it, half-open, today to its end.

    Args:
        days: at least 1.
        zone: the tenant's zone, an IANA name.
        now: the instant of the request, aware.
        max_days: the limit of days; None: any.

    Raises:
        InvalidTypeError, InvalidValueError: `days` is no number of days.
        RangeTooLongError: it exceeds the limit.
        InstantOutOfRangeError: the days begin before the calendar does.

    >>> from datetime import datetime, timezone
    >>> now = datetime(2025, 10, 8, 12, tzinfo=timezone.utc)
    >>> start, end = last_days(2, zone="Africa/Lagos", now=now)
    >>> start.isoformat(), end.isoformat()
    ('2025-10-07T00:00:00+01:00', '2025-10-09T00:00:00+01:00')
    """
    rules = load_zone(zone)
    _check_limit(max_days)
    if type(days) is not int:
        raise wrong_type(days, "days", "a number of days")
    if days < 1:
        raise wrong_value(days, "days", "at least 1")
    if max_days is not None and days > max_days:
        raise RangeTooLongError(f"days is {shown(days)}, more than {max_days}; ask for fewer", field="days")
    now_us = instant_us(now, field="now")
    today = local_days(zone, now_us, now_us + 1)
    first_ordinal = today.dates[0].toordinal() - (days - 1)
    if first_ordinal < date.min.toordinal():
        raise InstantOutOfRangeError(f"days is {shown(days)}, which begin before year 1; ask for fewer", field="days")
    start_us = first_instant_us(date.fromordinal(first_ordinal), zone, field="days")
    return moment(start_us, rules), moment(today.bounds_us[-1], rules)


def requested_days(
    from_date: str | None,
    to_date: str | None = None,
    *,
    days: int | None,
    zone: str,
    now: datetime,
    max_days: int | None = None,
) -> tuple[datetime, datetime]:
    """Return the window of a request that names dates, as `whole_days`, or a number of days, as `last_days`.

    Raises:
        InvalidValueError: it names both, or neither. Others as `whole_days` and `last_days`.
    """
    if days is not None:
        if from_date is not None or to_date is not None:
            raise InvalidValueError("days stands beside from_date or to_date; give one or the other", field="days")
        return last_days(days, zone=zone, now=now, max_days=max_days)
    if from_date is None:
        raise InvalidValueError("from_date is missing; give it, or days", field="days")
    return whole_days(from_date, to_date, zone=zone, now=now, max_days=max_days)


def _check_limit(max_days: int | None) -> None:
    if max_days is not None and type(max_days) is not int:
        raise wrong_type(max_days, "max_days", "a number of days")


def _instant(text: str, zone: str, field: str, *, is_end: bool) -> int:
    """Return the instant a text names; of a bare date the start of its day, or, as an end, of the next."""
    if isinstance(text, str) and len(text) == _DATE_LENGTH:
        day = parse_date(text, field=field)
        return first_instant_us(_next(day, field) if is_end else day, zone, field=field)
    return instant_us(parse_timestamp(text, field=field), field=field)


def _next(day: date, field: str) -> date:
    if day == date.max:
        raise InstantOutOfRangeError(f"{field} is {shown(day)}; give an earlier date", field=field)
    return day + ONE_DAY


def _is_too_long(start_us: int, end_us: int, zone: str, max_days: int, *, has_end: bool) -> bool:
    rules = load_zone(zone)
    start, end = wall_time(start_us, rules), wall_time(end_us, rules)
    if not has_end:
        return (end.date() - start.date()).days > max_days
    return min(end_us - start_us, (end - start) // MICROSECOND) > max_days * DAY_US
