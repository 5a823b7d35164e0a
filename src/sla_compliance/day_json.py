"""A measured day in JSON types, and which days are possible at all."""
################################################################
# Caches and stores write days as JSON and read them back. What they read may have
# been cut off, edited by hand or written by something else, so it is a day only
# where it could have been measured:
#   - every part is there and of its type; integers are no booleans;
#   - instants lie within the calendar, counts are not negative;
#   - the bounds are those of the date in its zone. Zone rules change, so they may
#     differ from today's by up to BOUNDS_MAY_DIFFER_US;
#   - each reading has one length for each cell; they are not negative and add up to
#     the day's length; what is not yet is exactly the time from `as_of_us` on;
#   - a reading is not on the wrong side of the record: the optimistic one has no
#     more downtime, the pessimistic one no less. Time that either leaves unknown is
#     not compared: a bridged gap of monitoring may be unknown in another reading.
#
# What a possible day says may still be of another clock or of later rules; see
# MeasuredDay.objection.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.certainty import DoubtCause
from sla_compliance.errors import InvalidTypeError, InvalidValueError, shown
from sla_compliance.labels import CELLS, State
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DOUBT_PREFIX, DayFact, MeasuredDay
from sla_compliance.units import HOUR_US, MAX_US, ONE_DAY, checked_instant_us, parse_date

BOUNDS_MAY_DIFFER_US: Final = 4 * HOUR_US
"""How far the bounds of a day may lie from those of today's zone rules."""
_BOUNDS_KEPT: Final = 16_384
READINGS: Final = ("cells_us", "optimistic_cells_us", "pessimistic_cells_us")
"""The parts of a day that have a length for each cell."""
_TYPES: Final[Mapping[str, type]] = {
    "date": str,
    "start_us": int,
    "end_us": int,
    "facts": list,
    "rows_read": int,
    "rules_version": int,
    "as_of_us": int,
    "tz_version": str,
}
_DOWN_STATES: Final = frozenset({State.DOWN, State.EXCUSED_MAINTENANCE, State.EXCUSED_OTHER})


def _picker(states: Collection[State]) -> Callable[[CellLengths], CellLengths]:
    """Return what picks the lengths of the cells of several states; at C speed, for 90 days a request are checked."""
    return itemgetter(*(index for index, (_, state) in enumerate(CELLS) if state in states))


_downtime_us: Final = _picker(_DOWN_STATES)
_downtime_or_unknown_us: Final = _picker(_DOWN_STATES | {State.UNKNOWN})
_not_yet_us: Final = _picker({State.NOT_YET})


def day_to_json(day: MeasuredDay) -> dict[str, object]:
    """Return a day in JSON types."""
    return {
        "date": day.date.isoformat(),
        "start_us": day.start_us,
        "end_us": day.end_us,
        "cells_us": day.cells_us,
        "optimistic_cells_us": day.optimistic_cells_us,
        "pessimistic_cells_us": day.pessimistic_cells_us,
        "facts": [fact.as_dict() for fact in day.facts],
        "rows_read": day.rows_read,
        "rules_version": day.rules_version,
        "as_of_us": day.as_of_us,
        "tz_version": day.tz_version,
    }


def day_from_json(parts: Mapping[str, Any], *, zone: str) -> MeasuredDay:
    """Return the day that `day_to_json` wrote; other keys are ignored.

    Args:
        zone: whose local day it is, an IANA name.

    Raises:
        InvalidTypeError: a part is missing or of another type.
        InvalidValueError: such a day cannot have been measured; UnknownZoneError: `zone` is no zone.
    """
    for name in (*_TYPES, *READINGS):
        if name not in parts:
            raise InvalidTypeError(f"{name} is missing", field=name)
    for name, kind in _TYPES.items():
        # bool is an int for isinstance, and JSON has both.
        if type(parts[name]) is not kind:
            raise InvalidTypeError(f"{name} is {shown(parts[name])}, no {kind.__name__}", field=name)
    day = MeasuredDay(
        date=parse_date(parts["date"], field="date"),
        start_us=parts["start_us"],
        end_us=parts["end_us"],
        cells_us=_cells(parts["cells_us"], "cells_us"),
        optimistic_cells_us=_cells_or_none(parts["optimistic_cells_us"], "optimistic_cells_us"),
        pessimistic_cells_us=_cells_or_none(parts["pessimistic_cells_us"], "pessimistic_cells_us"),
        facts=tuple(map(DayFact.from_dict, parts["facts"])),
        rows_read=parts["rows_read"],
        rules_version=parts["rules_version"],
        as_of_us=parts["as_of_us"],
        tz_version=parts["tz_version"],
    )
    check_day(day, zone=zone)
    return day


def check_day(day: MeasuredDay, *, zone: str) -> None:
    """Check that a day can have been measured in a zone.

    Raises:
        InvalidValueError: it cannot; the message says why. UnknownZoneError: `zone` is no zone.
    """
    for name in ("start_us", "end_us", "as_of_us"):
        checked_instant_us(getattr(day, name), field=name)
    for name in ("rows_read", "rules_version"):
        _check(0 <= getattr(day, name) <= MAX_US, name, "is no count")
    _check_bounds(day, zone)
    _check_cells(day)
    _check_readings(day)
    for fact in day.facts:
        _check_fact(fact)
    _check(_is_plain(day.tz_version), "tz_version", "is no text that can be shown")


def _check(is_possible: bool, field: str, fault: str) -> None:
    if not is_possible:
        raise InvalidValueError(f"{field} {fault}", field=field)


def _check_bounds(day: MeasuredDay, zone: str) -> None:
    start_us, end_us = _bounds_us(day.date, zone)
    deviations_us = (day.start_us - start_us, day.end_us - end_us, day.end_us - day.start_us - (end_us - start_us))
    is_near = max(map(abs, deviations_us)) <= BOUNDS_MAY_DIFFER_US
    _check(day.start_us < day.end_us and is_near, "start_us", "and end_us are no bounds of its date in its zone")


@lru_cache(maxsize=_BOUNDS_KEPT)
def _bounds_us(date: dt.date, zone: str) -> tuple[int, int]:
    """Return the bounds of a date by today's zone rules."""
    _check(date < dt.date.max, "date", "is the last one of the calendar")
    return first_instant_us(date, zone, field="date"), first_instant_us(date + ONE_DAY, zone, field="date")


def _check_cells(day: MeasuredDay) -> None:
    length_us = day.end_us - day.start_us
    not_yet_us = min(length_us, max(0, day.end_us - day.as_of_us))
    for name in READINGS:
        cells_us = getattr(day, name)
        if cells_us is None:
            continue
        _check(len(cells_us) == len(CELLS), name, "has not one length for each cell")
        _check(min(cells_us) >= 0 and sum(cells_us) == length_us, name, "does not add up to the day")
        _check(sum(_not_yet_us(cells_us)) == not_yet_us, name, "counts time after as_of_us, or not all of it")


def _check_readings(day: MeasuredDay) -> None:
    if day.optimistic_cells_us is None and day.pessimistic_cells_us is None:
        return
    optimistic = day.cells_us if day.optimistic_cells_us is None else day.optimistic_cells_us
    pessimistic = day.cells_us if day.pessimistic_cells_us is None else day.pessimistic_cells_us
    names = ("optimistic_cells_us", "pessimistic_cells_us")
    for name, better_us, worse_us in zip(names, (optimistic, day.cells_us), (day.cells_us, pessimistic), strict=True):
        most_us = sum(_downtime_or_unknown_us(worse_us))
        _check(sum(_downtime_us(better_us)) <= most_us, name, "is on the wrong side of cells_us")


def _check_fact(fact: DayFact) -> None:
    is_doubt = fact.code.startswith(DOUBT_PREFIX)
    is_known = not is_doubt or fact.code.removeprefix(DOUBT_PREFIX) in set(DoubtCause)
    is_plain = _is_plain(fact.code) and _is_plain(fact.name)
    _check(is_known and is_plain and max(fact.count, fact.length_us) <= MAX_US, "facts", "has one that cannot be")


def _is_plain(text: str) -> bool:
    """Return whether a text can be written: a half of a surrogate pair cannot."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _cells(value: object, field: str) -> CellLengths:
    if not isinstance(value, list) or set(map(type, value)) - {int}:
        raise InvalidTypeError(f"{field} is {shown(value)}, no list of integers", field=field)
    return tuple(value)


def _cells_or_none(value: object, field: str) -> CellLengths | None:
    return None if value is None else _cells(value, field)
