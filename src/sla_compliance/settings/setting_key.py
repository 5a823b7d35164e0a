"""SettingKey: a key of a contract file."""

from __future__ import annotations

from dataclasses import dataclass, field

from sla_compliance.settings.kinds import SettingKind


@dataclass(frozen=True, slots=True)
class SettingKey:
    """A key of a contract file.

    Attributes:
        name: as the file has it.
        meaning: what it says, with its unit.
        kind: of its value; None where it is a table alone.
        keys: of its table; none where it has only a kind.
        default: as the file would write it; empty where there is none.
        without: what holds where the key is absent and has no default.
        is_required: whether the table needs it.
    """

    name: str
    meaning: str
    kind: SettingKind | None = None
    keys: tuple[SettingKey, ...] = field(default=(), repr=False)
    default: str = ""
    without: str = ""
    is_required: bool = False
