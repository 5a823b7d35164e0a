"""The one loader of time-zone rules, and their version."""
################################################################
# Rules come from the tzdata package, always, never from the machine: the same
# installation gives the same figures everywhere. No other file loads a zone.
#
# A zone is a name of the IANA list, in exact case. So paths, POSIX rules,
# offsets, "localtime", "posixrules" and "right/..." are no zones; neither is
# "Factory", which the list has for machines whose zone is not set.
#
# Datetimes that leave the library carry these rules, so they can be pickled.
################################################################

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from zoneinfo import ZoneInfo

from sla_compliance.checks import checked_text
from sla_compliance.errors import UnknownZoneError, shown

_LONGEST_NAME = 40
_AREAS_OF_CITIES = frozenset({"africa", "america", "asia", "atlantic", "australia", "europe", "indian", "pacific"})
_UNSET_ZONE = "Factory"
_loaded_zones: dict[str, ZoneInfo] = {}  # as many at most as there are names


class IanaZone(ZoneInfo):
    """Rules of a zone that survive pickling and copying, as a ZoneInfo read from a file does not: by name."""

    def __reduce__(self) -> tuple[object, ...]:
        return load_zone, (self.key,)


def load_zone(name: str, *, field: str = "zone") -> ZoneInfo:
    """Return the rules of the zone called `name`; always the same object for a name, in all threads.

    Raises:
        InvalidTypeError: `name` is no str.
        UnknownZoneError: it is not a name of the IANA list.

    >>> load_zone("Africa/Lagos").key
    'Africa/Lagos'
    """
    checked_text(name, field, "a name such as 'Africa/Lagos'")
    if name not in zone_names():
        raise UnknownZoneError(f"{field} is {shown(name)}, not a time zone; {_way_out(name)}", field=field)
    return _rules(name)


def tz_version() -> str:
    """Return the version of the zone rules, e.g. '2026a'."""
    return str(import_module("tzdata").IANA_VERSION)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names that `load_zone` knows."""
    names = files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    return frozenset(names) - {_UNSET_ZONE}


def _rules(name: str) -> ZoneInfo:
    rules = _loaded_zones.get(name)
    # Two threads may both read the file. One object wins: moments of two objects differ in the hour that comes twice.
    return rules if rules is not None else _loaded_zones.setdefault(name, _read_rules(name))


def _read_rules(name: str) -> ZoneInfo:
    # ZoneInfo(name) would look on the machine first.
    with files("tzdata").joinpath("zoneinfo", name).open("rb") as file:
        return IanaZone.from_file(file, key=name)


def _way_out(name: str) -> str:
    """Return what a message advises: the zone of a city of that name, else the most similar name, if one is."""
    example = "give a name such as 'Africa/Lagos'"
    if len(name) > _LONGEST_NAME:  # the search takes time in proportion to the square of the length
        return example
    typed_name = name.strip().lower().replace(" ", "_")
    names_by_lower_case = {zone_name.lower(): zone_name for zone_name in sorted(zone_names())}
    cities = {lower_name.rpartition("/")[2]: lower_name for lower_name in names_by_lower_case if _is_city(lower_name)}
    lower_name = typed_name if typed_name in names_by_lower_case else cities.get(typed_name)
    if lower_name is None and not _is_abbreviation(typed_name):
        lower_name = next(iter(get_close_matches(typed_name, names_by_lower_case, n=1)), None)
    return example if lower_name is None else f"did you mean {names_by_lower_case[lower_name]!r}?"


def _is_city(lower_name: str) -> bool:
    return lower_name.partition("/")[0] in _AREAS_OF_CITIES


def _is_abbreviation(lower_name: str) -> bool:
    """Return whether a name is a short one or an offset: those that look alike lie hours apart, PST and MST say."""
    return len(lower_name) <= 4 or any(character in "+0123456789" for character in lower_name)
