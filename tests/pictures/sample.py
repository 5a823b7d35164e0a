"""What all pictures show: the sample provider as of one instant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sla_compliance.samples import sample_provider

NOW: Final = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
PROVIDER: Final = sample_provider(NOW)
