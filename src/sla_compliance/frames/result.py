"""DailyResult: a frame of figures, and by which way each key's came about."""
################################################################
# There are two ways to the same figures: the timeline, on which the alarms of many
# keys lie end to end, and the core, which evaluates one key after another.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sla_compliance.rejected_rows import RejectedRow


@dataclass(frozen=True, slots=True)
class Way:
    """How the figures of some keys came about.

    Attributes:
        name: "timeline" or "core".
        keys: how many keys took it.
        reason: why they took the core, e.g. "policy.stale_after"; empty for the timeline.
    """

    name: Literal["timeline", "core"]
    keys: int
    reason: str = ""

    def __str__(self) -> str:
        keys = "1 key" if self.keys == 1 else f"{self.keys:,} keys"
        return f"{keys} by the {self.name}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class DailyResult:
    """The days of many keys.

    Attributes:
        frame: a row for each day of each key, of the kind of frame that was given.
        ways: by which way the figures came about; their keys sum to all.
        rejected: the bad rows that were set aside; their keys' days are in doubt.
    """

    frame: Any
    ways: tuple[Way, ...]
    rejected: tuple[RejectedRow, ...] = ()
