"""What a request asks for: which days of whom, against which target, counted how. No framework here."""
################################################################
# Days are asked for by dates or by their number: `days=n` is today and the n - 1
# dates before it, in the tenant's zone. At most 90.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sla_compliance.labels import Accounting
from sla_compliance.policy import Target

MAX_DAYS: Final = 90
DEFAULT_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a request asks for, read.

    Attributes:
        tenant_id: whose days.
        start, end: whole local days, aware.
        target: instead of the agreed one; None: that.
        accounting: which cells count as what.
    """

    tenant_id: str
    start: datetime
    end: datetime
    target: Target | None
    accounting: Accounting
