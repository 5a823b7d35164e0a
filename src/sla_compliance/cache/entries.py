"""The text of a measured day in a cache, and the keys; text that is not whole is no day."""
################################################################
# Keys hold digests, so any tenant id will do: the tenant's by itself, then the
# date, then a digest of the measurement, the agreement, the zone and the versions
# of the zone rules and of this library's rules. Every part is length-prefixed
# before it is hashed: no two lists of parts are one text. {braces} keep a tenant
# on one node of a cluster.
#
# A value is JSON after a seal of key and text (seals.py). A value that was cut off,
# overwritten, moved to another key, or that is impossible (day_json.py) is treated as
# absent, never as an error and never as a figure.
################################################################

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from sla_compliance.cache.seals import CHECKSUM, EntrySeal
from sla_compliance.day_json import day_from_json, day_to_json
from sla_compliance.measured import RULES_VERSION, DayKey, MeasuredDay
from sla_compliance.units import MAX_US, MIN_US
from sla_compliance.zones import tz_version

DIGESTS_KEPT: Final = 1024
_VERSION: Final = "sla3"


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


def encode_entry(entry: Entry, key: DayKey, seal: EntrySeal = CHECKSUM) -> bytes:
    """Return the value that stands for an entry of a day."""
    fields = {**day_to_json(entry.day), "written_us": entry.written_us, "token": entry.token.decode("latin-1")}
    text = json.dumps(fields, separators=(",", ":")).encode()
    return seal.sealed(day_key(key), text)


def decode_entry(value: bytes | None, key: DayKey, seal: EntrySeal = CHECKSUM) -> Entry | None:
    """Return the entry of a day that a value under its key stands for; None where there is none, or no whole one."""
    text = None if value is None else seal.opened(day_key(key), value)
    if text is None:
        return None
    try:
        return _entry(json.loads(text), key)
    except (ValueError, TypeError, RecursionError):
        return None


def _entry(fields: object, key: DayKey) -> Entry:
    """Return the entry that the parts of a value make.

    Raises:
        ValueError, TypeError: a part is missing, of another type, or impossible.
    """
    if not isinstance(fields, dict):
        raise TypeError("the parts are no mapping")
    day = day_from_json(fields, zone=key.zone)
    written_us, token = fields.get("written_us"), fields.get("token")
    if type(written_us) is not int or type(token) is not str:
        raise TypeError("a part is of another type")
    if day.date != key.date or not MIN_US <= written_us <= MAX_US:
        raise ValueError("it is of another date, or was written beyond the calendar")
    return Entry(day, written_us, token.encode("latin-1"))
