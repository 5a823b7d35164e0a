"""Dates, or a number of days, of a request to a window of whole local days."""
################################################################
# A bare YYYY-MM-DD is the tenant's local day; as an end it is included.
# A timestamp is an instant; the window is widened to whole local days of the
# tenant (an end on a midnight is not widened). A window without an end ends now.
# An exact window is not widened: a timestamp is the instant itself, and only dates
# are whole days. Without an end it ends with the local day that holds now.
#
# A limit of days is compared with the request as it was made. A request is refused
# when it exceeds that many days both in elapsed time and by the tenant's wall clock
# (90 local days over the autumn change are 90 d 1 h, and allowed). Without an end,
# it may have one local date more than the limit, today included: "90 days ago", as
# a browser computes it, is a moment more than 90 days ago when it arrives.
#
# The last n days are the whole local day that holds now, and the n - 1 dates before
# it. A request names dates or a number of days, never both.
################################################################

from __future__ import annotations

from datetime import date, datetime

from sla_compliance.calendars.local_days import first_instant_us, local_days
from sla_compliance.calendars.periods import Period
from sla_compliance.calendars.wall_clock import wall_time
from sla_compliance.checks import checked_text, wrong_type, wrong_value
from sla_compliance.errors import (
    InstantOutOfRangeError,
    InvalidIntervalError,
    InvalidTimestampError,
    InvalidValueError,
    RangeTooLongError,
    shown,
)
from sla_compliance.units import DAY_US, MICROSECOND, ONE_DAY, instant_us, moment, parse_date, parse_timestamp
from sla_compliance.zones import load_zone

_DATE_LENGTH = len("2025-10-08")


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
        InvalidIntervalError: `to_date` is not after `from_date`.
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
    _check_behind(start_us, end_us, from_date, to_date, from_field, to_field)
    if max_days is not None and _is_too_long(start_us, end_us, zone, max_days, has_end=to_date is not None):
        end_text = "now" if to_date is None else shown(to_date)
        raise RangeTooLongError(
            f"{from_field} {shown(from_date)} to {end_text} is more than {max_days} days; ask for fewer",
            field=from_field,
        )
    first_day = local_days(zone, start_us, start_us + 1)
    last_day = local_days(zone, end_us - 1, end_us)
    return moment(first_day.bounds_us[0], rules), moment(last_day.bounds_us[-1], rules)


def exact_window(
    from_text: str,
    to_text: str | None = None,
    *,
    zone: str,
    now: datetime,
    from_field: str = "from_date",
    to_field: str = "to_date",
) -> tuple[datetime, datetime]:
    """Return exactly the window that two texts name, in the tenant's zone, half-open; arguments as `whole_days`.

    Without `to_text`, a start in the future gives an empty window: start == end.

    Raises:
        InvalidTimestampError, InvalidIntervalError: as `whole_days`.

    >>> from datetime import datetime, timezone
    >>> now = datetime(2025, 10, 8, 12, tzinfo=timezone.utc)
    >>> start, end = exact_window("2025-10-07T09:00:00Z", "2025-10-07", zone="Africa/Lagos", now=now)
    >>> start.isoformat(), end.isoformat()
    ('2025-10-07T10:00:00+01:00', '2025-10-08T00:00:00+01:00')
    """
    rules = load_zone(zone)
    now_us = instant_us(now, field="now")
    start_us = _instant(from_text, zone, from_field, is_end=False)
    if to_text is not None:
        end_us = _instant(to_text, zone, to_field, is_end=True)
        _check_behind(start_us, end_us, from_text, to_text, from_field, to_field)
    elif start_us >= now_us:
        end_us = start_us
    else:
        end_us = local_days(zone, now_us, now_us + 1).bounds_us[-1]
    return moment(start_us, rules), moment(end_us, rules)


def calendar_month(text: str, *, zone: str, field: str = "month") -> tuple[datetime, datetime]:
    """Return the window of a month, `YYYY-MM`, in the tenant's zone, half-open.

    Raises:
        InvalidTimestampError: the text names no month.
        InstantOutOfRangeError: the month is the first, or of the year 9999.

    >>> start, end = calendar_month("2025-10", zone="Africa/Lagos")
    >>> start.isoformat(), end.isoformat()
    ('2025-10-01T00:00:00+01:00', '2025-11-01T00:00:00+01:00')
    """
    rules = load_zone(zone)
    checked_text(text, field, "text such as 2025-10")
    try:
        first_day = parse_date(f"{text}-01")
    except InvalidTimestampError:
        raise InvalidTimestampError(f"{field} is {shown(text)}; write it as 2025-10", field=field) from None
    if first_day.year == date.max.year:  # December has no next month
        raise InstantOutOfRangeError(f"{field} is {shown(text)}; give an earlier month", field=field)
    start_us = first_instant_us(first_day, zone, field=field)
    end_us = first_instant_us(Period.MONTH.next_first_date(first_day), zone, field=field)
    return moment(start_us, rules), moment(end_us, rules)


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


def _check_behind(
    start_us: int, end_us: int, from_text: str, to_text: str | None, from_field: str, to_field: str
) -> None:
    """Check that a window ends after it starts.

    Raises:
        InvalidIntervalError: it does not.
    """
    if end_us <= start_us:
        raise InvalidIntervalError(
            f"{to_field} is {shown(to_text)}, not behind {from_field} {shown(from_text)}; swap them", field=to_field
        )


def _check_limit(max_days: int | None) -> None:
    if max_days is not None and type(max_days) is not int:
        raise wrong_type(max_days, "max_days", "a number of days")


def _instant(text: str, zone: str, field: str, *, is_end: bool) -> int:
    """Return the instant that a text names; for a bare date the start of its day or, as an end, of the next day."""
    if not isinstance(text, str) or len(text) != _DATE_LENGTH:
        return instant_us(parse_timestamp(text, field=field), field=field)
    day = parse_date(text, field=field)
    return first_instant_us(_next_date(day, field) if is_end else day, zone, field=field)


def _next_date(day: date, field: str) -> date:
    if day == date.max:
        raise InstantOutOfRangeError(f"{field} is {shown(day)}; give an earlier date", field=field)
    return day + ONE_DAY


def _is_too_long(start_us: int, end_us: int, zone: str, max_days: int, *, has_end: bool) -> bool:
    """Return whether a request exceeds a limit of days."""
    rules = load_zone(zone)
    start, end = wall_time(start_us, rules), wall_time(end_us, rules)
    if not has_end:
        return (end.date() - start.date()).days > max_days
    elapsed_us = end_us - start_us
    wall_clock_us = (end - start) // MICROSECOND  # both are naive, so this is the difference that the clock shows
    return min(elapsed_us, wall_clock_us) > max_days * DAY_US
