"""Names of the files of reports: plain in every file system, and of one tenant alone."""

from __future__ import annotations

import re
from datetime import date
from hashlib import sha256
from typing import Final

from sla_compliance.calendars.periods import Period
from sla_compliance.units import ONE_DAY

_LONGEST_TENANT: Final = 60
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9_-]+")


def report_file_name(tenant_id: str, first: date, last: date, ending: str) -> str:
    """Return the name of a report's file.

    Args:
        first, last: the dates that it is of; of a whole month the month stands in the name.
        ending: of the file, e.g. "pdf".

    >>> report_file_name("acme", date(2026, 10, 1), date(2026, 10, 31), "pdf")
    'sla-acme-2026-10.pdf'
    >>> report_file_name("../été", date(2026, 10, 1), date(2026, 10, 7), "csv")
    'sla-_t_-68ec6f14-2026-10-01_2026-10-07.csv'
    """
    return f"sla-{_plain_name(tenant_id)}-{_dates(first, last)}.{ending}"


def _plain_name(tenant_id: str) -> str:
    """Return an id in plain characters; one that had others carries its digest, for two may become alike."""
    plain = _NOT_PLAIN.sub("_", tenant_id)[:_LONGEST_TENANT]
    if plain == tenant_id:
        return plain
    return f"{plain}-{sha256(tenant_id.encode(errors='surrogatepass')).hexdigest()[:8]}"


def _dates(first: date, last: date) -> str:
    is_month = first == Period.MONTH.first_date(first) and last + ONE_DAY == Period.MONTH.next_first_date(first)
    if is_month:
        return f"{first.year:04}-{first.month:02}"
    return first.isoformat() if first == last else f"{first.isoformat()}_{last.isoformat()}"
