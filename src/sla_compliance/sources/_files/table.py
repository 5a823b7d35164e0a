"""The rows of one tenant gathered from files, until they are a batch of alarms."""
################################################################
# Needed are severity and first_occurrence, and tenant_id where a tenant is asked
# for; files that hold several tenants are refused until one is. Rows of other
# tenants are left out before anything else is read of them; a row that cannot be
# read at all is kept as a fault, for it may be anybody's.
# Further columns are carried along under their own names.
################################################################

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import InvalidAlarmError, shown
from sla_compliance.sources._files.columns import NEEDED, check_mapped, check_needed, platform_names
from sla_compliance.sources._files.conversion import FIRST, convert
from sla_compliance.sources._files.opening import TextFile
from sla_compliance.sources._files.rows import Chunk, Text, chunks
from sla_compliance.validation import OnInvalid

Progress = Callable[[str, int, float | None], None]
"""Told a file's name, how many of its rows are read, and which share of it (None for a pipe)."""

_TENANTS_SHOWN: Final = 5
_MAP_IT: Final = "map the one that holds it, on the command line with --column"


class AlarmTable:
    """Rows of some files, all of one tenant."""

    def __init__(self, mapping: Mapping[str, str], tenant_id: str | None) -> None:
        """Begin without rows.

        Args:
            mapping: {file's column: platform's column}.
            tenant_id: whose rows to take; None: all, which must then be of one tenant.
        """
        self._mapping = mapping
        self._tenant_id = tenant_id
        self._needed = NEEDED if tenant_id is None else (*NEEDED, "tenant_id")
        self._tenants: dict[Text, None] = {}
        self._places: list[str] = []
        self._columns: dict[str, list[Any]] = {}
        self._faults: list[InvalidAlarmError] = []

    def read(self, file: TextFile, progress: Progress) -> None:
        """Add a file's rows.

        Raises:
            InvalidFileError: it is not of its format, lacks a column, or holds several tenants and none was asked for.
        """
        own: dict[str, None] = {}
        rows = 0
        for chunk in chunks(file):
            self._add(file, chunk)
            own.update(dict.fromkeys(chunk.columns))
            rows += len(chunk.places)
            progress(file.name, rows, file.share_read)
        if own:
            check_mapped(file, own, self._mapping)

    def batch(self, on_invalid: OnInvalid, clock_skew: timedelta) -> AlarmBatch:
        """Return the rows as a batch; errors as `AlarmBatch.from_columns`."""
        return AlarmBatch.from_named_columns(
            {FIRST: [], **self._columns},
            row_names=self._places,
            faults=self._faults,
            on_invalid=on_invalid,
            clock_skew=clock_skew,
        )

    def _add(self, file: TextFile, chunk: Chunk) -> None:
        names = platform_names(chunk.columns, self._mapping)
        if chunk.columns:
            mapped = {own: name for own, name in self._mapping.items() if name in self._needed}
            check_mapped(file, chunk.columns, mapped)
            check_needed(file, names, self._needed, way_out=_MAP_IT)
        columns = {names[own]: column for own, column in chunk.columns.items()}
        rows = self._rows_to_take(file, columns.get("tenant_id"), chunk)
        taken = {name: [column[row] for row in rows] for name, column in columns.items()}
        taken.setdefault(FIRST, [None] * len(rows))
        faults = {index: chunk.faults[row] for index, row in enumerate(rows) if row in chunk.faults}
        convert(taken, faults)
        self._append([chunk.places[row] for row in rows], taken, faults)

    def _append(self, places: list[str], columns: Mapping[str, list[Any]], faults: Mapping[int, str]) -> None:
        before = len(self._places)
        for name in {**self._columns, **columns}:
            column = self._columns.setdefault(name, [None] * before)
            column.extend(columns.get(name) or [None] * len(places))
        for index, fault in sorted(faults.items()):
            place = places[index]
            self._faults.append(InvalidAlarmError(f"{place} {fault}", field=place, row=before + index))
        self._places.extend(places)

    def _rows_to_take(self, file: TextFile, tenants: Sequence[Text] | None, chunk: Chunk) -> Sequence[int]:
        if tenants is None:
            return range(len(chunk.places))
        if self._tenant_id is not None:
            wanted = self._tenant_id or None
            return [row for row, tenant in enumerate(tenants) if tenant == wanted or row in chunk.faults]
        self._tenants.update(dict.fromkeys(tenant for row, tenant in enumerate(tenants) if row not in chunk.faults))
        if len(self._tenants) > 1:
            found = self._found()
            raise file.error(
                f"holds alarms of several tenants, {found}; ask for one, on the command line with --tenant"
            )
        return range(len(chunk.places))

    def _found(self) -> str:
        """Return some of the tenants found, for a message."""
        names = ["none" if tenant is None else shown(tenant) for tenant in self._tenants]
        return ", ".join(names[:_TENANTS_SHOWN]) + (" and more" if len(names) > _TENANTS_SHOWN else "")
