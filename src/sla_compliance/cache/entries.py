"""The text of a measured day in a cache, and the keys; text that is not whole is no day."""
################################################################
# Keys hold digests, so any tenant id will do: the tenant's by itself, then the
# date, then a digest of the measurement, the agreement, the zone and the version
# of the zone rules. Every part is length-prefixed before it is hashed: no two
# lists of parts are one text. {braces} keep a tenant on one node of a cluster.
#
# A value is JSON after a checksum of key and text. A value that was cut off,
# overwritten, moved to another key, or does not add up to the day's length is
# treated as absent, never as an error and never as a figure.
################################################################

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from sla_compliance.labels import CELLS
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.zones import tz_version

DIGESTS_KEPT: Final = 1024
_VERSION: Final = "sla1"
_CHECKSUM_LENGTH: Final = 16
_INSTANTS: Final = ("start_us", "end_us", "as_of_us", "written_us")


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
    measured = digest(key.measurement, key.agreement, key.zone, tz_version())
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
        "as_of_us": day.as_of_us,
        "tz_version": day.tz_version,
        "remarks": day.remarks,
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
        fields = json.loads(value[_CHECKSUM_LENGTH:])
        return _entry(fields) if _adds_up(fields) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _entry(fields: dict[str, Any]) -> Entry:
    day = MeasuredDay(
        date=dt.date.fromisoformat(fields["date"]),
        start_us=fields["start_us"],
        end_us=fields["end_us"],
        cells_us=tuple(fields["cells_us"]),
        as_of_us=fields["as_of_us"],
        tz_version=str(fields["tz_version"]),
        remarks=tuple(map(str, fields["remarks"])),
    )
    return Entry(day, fields["written_us"], fields["token"].encode("latin-1"))


def _adds_up(fields: dict[str, Any]) -> bool:
    cells = fields["cells_us"]
    return (
        {type(fields[name]) for name in _INSTANTS} | set(map(type, cells)) == {int}
        and len(cells) == len(CELLS)
        and min(cells) >= 0
        and sum(cells) == fields["end_us"] - fields["start_us"]
    )


def _checksum(key: str, text: bytes) -> bytes:
    return sha256(key.encode() + b"\0" + text).hexdigest()[:_CHECKSUM_LENGTH].encode()
