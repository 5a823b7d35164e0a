"""Keyed rows: which rows of a batch stand in the report of which key."""
################################################################
# A row stands in the report of the key that its column names, as text; rows set
# aside do too. With an inventory it also stands in the reports of all units that
# depend on a device that it is on. It is on a device that units depend on where its
# column or its `resource_id` names it.
#
# Rows without the key name none, and are on no such device.
#
# Each distinct value of a column becomes text once, and a key's batch is taken by
# row indices.
################################################################

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from sla_compliance.batch import AlarmBatch
from sla_compliance.checks import listed_keys, wrong_type
from sla_compliance.columns import rows_by_value
from sla_compliance.inventory import Inventory, Unit

DEVICE_COLUMN: Final = "resource_id"


@dataclass(frozen=True, slots=True)
class _KeyedTable:
    """The rows of one table by their keys.

    Attributes:
        values: by the text of each key, the first value that reads so.
        rows: by the same text, the rows that name the key.
        rows_on_device: by the text of the key of a device, further rows that are on it.
        keyless: rows that name no key and are on no device.
    """

    values: Mapping[str, Hashable]
    rows: Mapping[str, Sequence[int]]
    rows_on_device: Mapping[str, Sequence[int]]
    keyless: Sequence[int]

    @classmethod
    def of(cls, keys: Iterable[Any], devices: Iterable[Any], parent_keys: Collection[str]) -> Self:
        """Return the rows of a table with these values in the column of keys and in that of devices."""
        rows_by_key = rows_by_value(keys)
        unnamed = rows_by_key.pop(None, [])
        values: dict[str, Hashable] = {}
        rows: dict[str, list[int]] = {}
        for value, value_rows in rows_by_key.items():
            text = str(value)
            values.setdefault(text, value)
            rows.setdefault(text, []).extend(value_rows)
        rows_on_device: dict[str, list[int]] = {}
        for device, device_rows in rows_by_value(devices).items():
            text = str(device)
            if device is not None and text in parent_keys:
                rows_on_device.setdefault(text, []).extend(device_rows)
        on_any_device = set().union(*rows_on_device.values())
        return cls(values, rows, rows_on_device, [row for row in unnamed if row not in on_any_device])

    def rows_of(self, texts: Iterable[str]) -> Sequence[int]:
        """Return the rows of some keys together."""
        tables = (self.rows, self.rows_on_device)
        present = [table[text] for text in texts for table in tables if text in table]
        return present[0] if len(present) == 1 else sorted(set().union(*present))


@dataclass(frozen=True, slots=True)
class KeyedRows:
    """The rows of a batch by the keys that have a report.

    Attributes:
        batch: all rows.
        column: the column of the keys.
        units: by the text of each key that has a report, what the inventory says of it; None: nothing.
        keys: by the same text, the key itself.
        ancestors: by the same text, the texts of the keys that it depends on.
        good, rejected, corrected: the rows of the batch, those set aside, and those corrected by hand.
        has_report_without_key: whether rows without the key have a report of their own, under None.
    """

    batch: AlarmBatch
    column: str
    units: Mapping[str, Unit | None]
    keys: Mapping[str, Hashable]
    ancestors: Mapping[str, frozenset[str]]
    good: _KeyedTable
    rejected: _KeyedTable
    corrected: _KeyedTable
    has_report_without_key: bool

    @classmethod
    def of(cls, batch: AlarmBatch, by: str, inventory: Inventory | Iterable[Hashable] | None) -> Self:
        """Return the rows of a batch by the values of column `by`.

        Raises:
            InvalidTypeError: the inventory is neither an Inventory nor several keys; others as `AlarmBatch.by`.
        """
        units, keys, is_none_listed = _units_and_keys(inventory)
        ancestors = inventory.ancestors if isinstance(inventory, Inventory) else {}
        parent_keys = inventory.parent_keys if isinstance(inventory, Inventory) else frozenset()
        # Where rows are named by their devices, their own keys say it already.
        device_column = DEVICE_COLUMN if parent_keys and by != DEVICE_COLUMN else None
        devices = () if device_column is None else batch.columns.get(device_column, ())
        good = _KeyedTable.of(batch.key_column(by), devices, parent_keys)
        rejected, corrected = (
            _KeyedTable.of(
                [row.columns.get(by) for row in rows],
                [] if device_column is None else [row.columns.get(device_column) for row in rows],
                parent_keys,
            )
            for rows in (batch.rejected, batch.corrected)
        )
        # A key that was watched has a report, even if it never failed.
        for key in batch.monitored_by.get(by, ()):
            keys.setdefault(str(key), key)
            units.setdefault(str(key), None)
        for table in (good, rejected, corrected):
            for text, value in table.values.items():
                keys.setdefault(text, value)
                units.setdefault(text, None)
        has_keyless = bool(good.keyless or rejected.keyless) or is_none_listed
        return cls(batch, by, units, keys, ancestors, good, rejected, corrected, has_keyless and not parent_keys)

    def keyless_batch(self) -> AlarmBatch:
        """Return the rows without the key."""
        return self._taken(self.good.keyless, self.rejected.keyless, self.corrected.keyless)

    def batches(self, *, with_keyless: bool) -> Iterator[tuple[str, AlarmBatch]]:
        """Yield the text of each key and its rows, with those without the key or not."""
        tables = (self.good, self.rejected, self.corrected)
        for text in self.keys:
            texts = (text, *self.ancestors.get(text, ()))
            rows_by_table = [table.rows_of(texts) for table in tables]
            if with_keyless:
                rows_by_table = [[*rows, *table.keyless] for rows, table in zip(rows_by_table, tables, strict=True)]
            yield text, self._taken(*rows_by_table)

    def _taken(self, rows: Sequence[int], rejected: Sequence[int], corrected: Sequence[int]) -> AlarmBatch:
        batch = self.batch
        taken_batch = batch.take(rows)
        if not batch.rejected and not batch.corrected:
            return taken_batch
        return replace(
            taken_batch,
            rejected=tuple(map(batch.rejected.__getitem__, rejected)),
            corrected=tuple(map(batch.corrected.__getitem__, corrected)),
        )


def _units_and_keys(
    inventory: Inventory | Iterable[Hashable] | None,
) -> tuple[dict[str, Unit | None], dict[str, Hashable], bool]:
    """Return what is known of each key, and the key, by its text; and whether None stands among several keys."""
    if isinstance(inventory, Inventory):
        units: dict[str, Unit | None] = {str(unit.key): unit for unit in inventory.units}
        return units, {str(unit.key): unit.key for unit in inventory.units}, False
    listed = listed_keys(() if inventory is None else inventory, "inventory")
    keys: dict[str, Hashable] = {}
    for key in listed:
        if isinstance(key, Unit):
            raise wrong_type(key, "inventory", "an Inventory of units, or several keys")
        if key is not None:
            keys.setdefault(str(key), key)
    return dict.fromkeys(keys), keys, None in listed
