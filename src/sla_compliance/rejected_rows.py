"""RejectedRow: a bad row that quarantine set aside, with what could be read of it."""
################################################################
# What is set aside is doubt, not uptime: a reading of the rows takes it for an
# outage of the time that it may have lasted (readings.py).
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A bad row that quarantine set aside.

    Attributes:
        row: its index in the input.
        reasons: what is wrong with it, one sentence each.
        columns: what it says otherwise, by column name.
        start_us: when it was raised; None where that cannot be read.
        end_us: when it was over, not before its start; None where that cannot be read or is not said.
        says_over: whether its status or an end of any kind says that it is over.
        bound_us: by when it was over at the latest, if it is, as far as other facts say; None where none does.
        instants: its instants as read, by column name, in whatever order of time; None where absent or unreadable.
        faulty_columns: the column at fault of each of the reasons; empty where that is not known.
    """

    row: int
    reasons: tuple[str, ...]
    columns: Mapping[str, object] = field(hash=False)
    start_us: int | None = None
    end_us: int | None = None
    says_over: bool = False
    bound_us: int | None = None
    instants: Mapping[str, int | None] = field(default_factory=dict, hash=False, repr=False)
    faulty_columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people know the row by: its id, else its place in the input."""
        key = self.columns.get("id")
        return f"row {self.row}" if key is None else str(key)
