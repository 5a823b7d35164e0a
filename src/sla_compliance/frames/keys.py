"""KeysOfFrame: the keys of a frame's rows, numbered, and the zone of each."""
################################################################
# A key is a value of one column, or a combination of values of several. Keys are
# compared as text, as everywhere; the frame of figures has the values of the first
# row that names the key, in their own types. A row that lacks one of the values
# names no key.
################################################################

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import narwhals.stable.v2 as nw
import numpy as np

from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.frames.key_columns import KeyColumn, by_first_row, first_rows_of
from sla_compliance.frames.question import missing_column
from sla_compliance.rows.arrow import FrameColumn
from sla_compliance.timeline.line import Int64s
from sla_compliance.zones import load_zone

KEY_COLUMN: Final = "\0key"
"""The column of keys made of several columns' values, in a batch."""
_ZONES_SHOWN: Final = 3
_MOST_NUMBERS_A_ROW: Final = 4


@dataclass(frozen=True)
class KeysOfFrame:
    """The keys of a frame's rows.

    Attributes:
        by: the columns of the keys, by our names.
        columns: their values.
        values: these columns of the frame alone, under our names.
        ranks: of each row the number of its key, -1 where it names none.
        texts: of each number, the key as text; in the order in which keys come.
        first_rows: of each number, the first row that names the key.
        zones: the zone of each key, by its text, and of the rows without one, under None, where they name one zone;
            empty where all keys have the same.
    """

    by: tuple[str, ...]
    columns: tuple[KeyColumn, ...]
    values: nw.DataFrame[Any]
    ranks: Int64s
    texts: tuple[str, ...]
    first_rows: Int64s
    zones: Mapping[str | None, str]

    @classmethod
    def of(
        cls,
        frame: nw.DataFrame[Any],
        their_names: Mapping[str, object],
        by: tuple[str, ...],
        zone_column: str | None = None,
    ) -> KeysOfFrame:
        """Return the keys of a frame.

        Args:
            their_names: the frame's names of columns, by ours; no text where a name reaches into objects.

        Raises:
            InvalidTypeError: a column holds what cannot be a key.
            InvalidValueError: the frame has no such column; a key has several zones, or none.
        """
        values = frame.select(_columns_called(their_names, by, "by"))
        columns = tuple(KeyColumn.of(values[name], "by") for name in by)
        ranks, texts, first_rows = _numbered(columns)
        zones: dict[str | None, str] = {}
        if zone_column is not None:
            zone_values = frame.select(_columns_called(their_names, (zone_column,), "zone_column"))
            zones = _zones_of_keys(ranks, texts, zone_values[zone_column])
        return cls(by, columns, values, ranks, texts, first_rows, zones)

    @property
    def column(self) -> str:
        """The column of a batch that holds the keys."""
        return self.by[0] if len(self.by) == 1 else KEY_COLUMN

    def with_keys(self, batch: AlarmBatch) -> AlarmBatch:
        """Return a batch of these rows that has the column of the keys."""
        if len(self.by) == 1 and not self.columns[0].first_values:
            return batch
        keys = tuple(map(self._key, zip(*(batch.columns[name] for name in self.by), strict=True)))
        rejected = tuple(
            replace(row, columns={**row.columns, self.column: self._key([row.columns.get(name) for name in self.by])})
            for row in batch.rejected
        )
        return replace(batch, columns={**batch.columns, self.column: keys}, rejected=rejected)

    def _key(self, values: Sequence[Any]) -> Hashable:
        """Return the key of a row with these values in the columns of keys."""
        first_values = [column.key_of(value) for column, value in zip(self.columns, values, strict=True)]
        return first_values[0] if len(self.by) == 1 else _combined(first_values)


def combined_key(key: object, by: Sequence[str]) -> tuple[tuple[object, ...], tuple[str, ...]]:
    """Return the values of a key of an inventory, and their texts, as batches have them.

    Raises:
        InvalidValueError: it is no tuple with a value for each column, or one of them is missing.
    """
    texts = _combined(key) if isinstance(key, tuple) and len(key) == len(by) else None
    if not isinstance(key, tuple) or texts is None:
        key_in_words = f"({', '.join(map(shown, key))})" if isinstance(key, tuple) else shown(key)
        raise InvalidValueError(
            f"inventory holds {key_in_words}; give tuples with a value for each of {', '.join(by)}", field="inventory"
        )
    return key, texts


def _combined(values: Sequence[object]) -> tuple[str, ...] | None:
    """Return the texts of a key's values; None where one of them is missing."""
    return None if any(value is None for value in values) else tuple(map(str, values))


def _columns_called(their_names: Mapping[str, object], names: Collection[str], field: str) -> list[nw.Expr]:
    """Return the columns of some of our names."""
    columns: list[nw.Expr] = []
    for name in names:
        their_name = their_names.get(name)
        if not isinstance(their_name, str):
            raise missing_column(field, name, their_names)
        columns.append(nw.col(their_name).alias(name))
    return columns


def _numbered(columns: Sequence[KeyColumn]) -> tuple[Int64s, tuple[str, ...], Int64s]:
    """Return the number of each row's key, and each number's text and first row."""
    numbers = columns[0].numbers
    for column in columns[1:]:
        is_missing = (numbers < 0) | (column.numbers < 0)
        combined = numbers * max(1, len(column.texts)) + column.numbers
        # Made dense at each column, so that numbers of combinations never leave 64 bits;
        # without a sort where they are few.
        if combined.max(initial=0) > _MOST_NUMBERS_A_ROW * len(numbers):
            _, combined = np.unique(combined, return_inverse=True)
        numbers = by_first_row(np.where(is_missing, -1, combined))
    first_rows = first_rows_of(numbers)
    if len(columns) == 1:
        return numbers, tuple(columns[0].texts), first_rows
    texts_by_column = [[column.texts[number] for number in column.numbers[first_rows]] for column in columns]
    return numbers, tuple(map(str, zip(*texts_by_column, strict=True))), first_rows


def _zones_of_keys(numbers: Int64s, texts: Sequence[str], zones: nw.Series[Any]) -> dict[str | None, str]:
    """Return the one zone of each key, and of the rows without one, under None, where they name one.

    Raises:
        UnknownZoneError: it is no zone.
        InvalidValueError: a key names several, or none.
    """
    column = KeyColumn.of(zones, "zone_column")
    # Rows without a key are the key before the first here, and missing zones a zone.
    pairs = (numbers + 1) * (len(column.texts) + 1) + column.numbers + 1
    _, rows = np.unique(pairs, return_index=True)
    zones_by_key: dict[str | None, list[Any]] = {}
    for number, zone in zip(numbers[rows].tolist(), FrameColumn(zones[rows.tolist()]).cells(), strict=True):
        zones_by_key.setdefault(None if number < 0 else texts[number], []).append(zone)
    zone_by_key: dict[str | None, str] = {}
    checked_zones: set[str] = set()
    for text, key_zones in zones_by_key.items():
        if len(key_zones) == 1 and isinstance(key_zones[0], str) and key_zones[0]:
            if key_zones[0] not in checked_zones:
                owner = "the rows without a key" if text is None else f"key {shown(text)}"
                load_zone(key_zones[0], field=f"{zones.name} of {owner}")
                checked_zones.add(key_zones[0])
            zone_by_key[text] = key_zones[0]
        elif text is not None:
            names = ", ".join(sorted(map(shown, key_zones))[:_ZONES_SHOWN])
            raise InvalidValueError(
                f"{zones.name} of key {shown(text)} is {names}; give all of its rows one zone, an IANA name",
                field="zone_column",
            )
    return zone_by_key
