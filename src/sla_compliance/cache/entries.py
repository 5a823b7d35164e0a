"""The text of a measured day in a cache, and the keys; text that is not whole is no day."""
################################################################
# Keys hold digests, so any tenant id will do: the tenant's by itself, then the
# date, then a digest of the measurement, the agreement, the zone and the versions
# of the zone rules and of this library's rules. Every part is length-prefixed
# before it is hashed: no two lists of parts are one text. {braces} keep a tenant
# on one node of a cluster.
#
# A value is JSON after a checksum of key and text. A value that was cut off,
# overwritten, moved to another key, or that is impossible (wrong types, negative
# lengths, readings that do not add up to the day's length, instants beyond the
# calendar) is treated as absent, never as an error and never as a figure.
################################################################

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from sla_compliance.labels import CELLS
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import RULES_VERSION, DayFact, DayKey, MeasuredDay
from sla_compliance.units import MAX_US, MIN_US
from sla_compliance.zones import tz_version

DIGESTS_KEPT: Final = 1024
_VERSION: Final = "sla2"
_CHECKSUM_LENGTH: Final = 16
_INSTANTS: Final = ("start_us", "end_us", "as_of_us", "written_us")
_NUMBERS: Final = (*_INSTANTS, "rows_read", "rules_version")
_TEXTS: Final = ("date", "tz_version", "token")


@dataclass(frozen=True, slots=True)
class Entry:
    """A measured day in a cache.

    Attributes:
        day: what was measured.
        written_us: when it was written.
        token: the token of the tenant's date then; the entry counts while it is the current one.
    """

    day: MeasuredDay
    written_us: int
    token: bytes


def day_key(key: DayKey) -> str:
    """Return the key of a day's entry."""
    measured = digest(key.measurement, key.agreement, key.zone, tz_version(), str(RULES_VERSION))
    return f"{_VERSION}:{{{digest(key.tenant_id)}}}:day:{key.date.isoformat()}:{measured}"


def token_key(tenant_id: str, date: dt.date) -> str:
    """Return the key of the token of a tenant's date."""
    return f"{_VERSION}:{{{digest(tenant_id)}}}:token:{date.isoformat()}"


def lock_key(key: DayKey) -> str:
    """Return the key of the lock on measurements of a tenant, whatever the agreement and the date."""
    return f"{_VERSION}:{{{digest(key.tenant_id)}}}:lock:{digest(key.measurement, key.zone)}"


@lru_cache(maxsize=DIGESTS_KEPT)
def digest(*parts: str) -> str:
    """Return a short digest of some texts, in their order; any text, lone surrogates too."""
    encoded_parts = [part.encode("utf-8", "surrogatepass") for part in parts]
    return sha256(b"".join(b"%d:%s" % (len(part), part) for part in encoded_parts)).hexdigest()[:32]


def encode_entry(entry: Entry, key: str) -> bytes:
    """Return the value that stands for an entry under `key`."""
    day = entry.day
    fields = {
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
        "written_us": entry.written_us,
        "token": entry.token.decode("latin-1"),
    }
    text = json.dumps(fields, separators=(",", ":")).encode()
    return _checksum(key, text) + text


def decode_entry(value: bytes | None, key: str) -> Entry | None:
    """Return the entry that a value under `key` stands for; None where there is none, or no whole one."""
    if value is None or value[:_CHECKSUM_LENGTH] != _checksum(key, value[_CHECKSUM_LENGTH:]):
        return None
    try:
        return _entry(json.loads(value[_CHECKSUM_LENGTH:]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _entry(fields: dict[str, Any]) -> Entry:
    """Return the entry that the parts of a value make.

    Raises:
        ValueError, KeyError, TypeError: a part is missing, of another type, or impossible.
    """
    _check_parts(fields)
    length_us = fields["end_us"] - fields["start_us"]
    day = MeasuredDay(
        date=dt.date.fromisoformat(fields["date"]),
        start_us=fields["start_us"],
        end_us=fields["end_us"],
        cells_us=_cells(fields["cells_us"], length_us),
        optimistic_cells_us=_cells_or_none(fields["optimistic_cells_us"], length_us),
        pessimistic_cells_us=_cells_or_none(fields["pessimistic_cells_us"], length_us),
        facts=tuple(map(DayFact.from_dict, fields["facts"])),
        rows_read=fields["rows_read"],
        rules_version=fields["rules_version"],
        as_of_us=fields["as_of_us"],
        tz_version=fields["tz_version"],
    )
    return Entry(day, fields["written_us"], fields["token"].encode("latin-1"))


def _check_parts(fields: dict[str, Any]) -> None:
    # bool is an int for isinstance, and JSON has both.
    if any(type(fields[name]) is not int for name in _NUMBERS) or any(type(fields[name]) is not str for name in _TEXTS):
        raise TypeError("a part is of another type")
    if any(not MIN_US <= fields[name] <= MAX_US for name in _INSTANTS):
        raise ValueError("an instant lies beyond the calendar")
    if min(fields["rows_read"], fields["rules_version"]) < 0:
        raise ValueError("a count is negative")


def _cells(lengths_us: list[Any], length_us: int) -> CellLengths:
    """Return the lengths of all cells of a day of this length."""
    if len(lengths_us) != len(CELLS) or set(map(type, lengths_us)) != {int}:
        raise TypeError("cells are not one integer for each scope and state")
    if min(lengths_us) < 0 or sum(lengths_us) != length_us:
        raise ValueError("cells do not add up to the day")
    return tuple(lengths_us)


def _cells_or_none(lengths_us: list[Any] | None, length_us: int) -> CellLengths | None:
    return None if lengths_us is None else _cells(lengths_us, length_us)


def _checksum(key: str, text: bytes) -> bytes:
    return sha256(key.encode() + b"\0" + text).hexdigest()[:_CHECKSUM_LENGTH].encode()
