"""Alarms from exported files: CSV, JSON, JSON Lines, Parquet and XLSX."""
################################################################
# What rows of files mean is said by the same options as for other rows (rows/);
# only first_occurrence is needed, and tenant_id where files hold several tenants.
# Further columns are carried along, as text, for evaluate_each and targeted
# exclusions. Formats: _files/row_files.py.
#
# Nothing is read before it is asked for, and it is read again each time.
################################################################

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Final

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.checks import wrong_type
from sla_compliance.columns import TENANT_COLUMN
from sla_compliance.corrections import Correction
from sla_compliance.errors import InvalidValueError
from sla_compliance.rows.change_reader import Before, ChangeFormat, ChangeReader
from sla_compliance.rows.options import KEYWORDS, OptionNames
from sla_compliance.rows.reading import RowFormat, RowReader
from sla_compliance.rows.times import Epoch
from sla_compliance.rows.words import WordMap, Words
from sla_compliance.rows_by_id import with_ids_and_ancestors
from sla_compliance.sources._files.opening import STANDARD_INPUT
from sla_compliance.sources._files.row_files import opened_rows
from sla_compliance.sources._files.table import (
    AlarmTable,
    ChangeTable,
    Progress,
    RowChoice,
    RowTable,
    TableReader,
    Where,
    checked_where,
)
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.validation import OnInvalid

__all__ = ["STANDARD_INPUT", "TENANT_COLUMN", "FileAlarmSource", "FileChangeSource", "Progress", "unobserved"]

CLOCK_SKEW: Final = timedelta(minutes=5)
"""By how much the clocks of an export's writers may differ, unless told otherwise."""


def unobserved(name: str, rows: int, share: float | None) -> None:
    """Let reading go on without a word."""


class _FileSource(ABC):
    """What sources of files have in common: which files, which rows of them, what is told of progress."""

    def __init__(
        self,
        paths: tuple[str | os.PathLike[str], ...],
        where: Where | None,
        progress: Progress,
        option_names: OptionNames,
    ) -> None:
        if not paths:
            raise InvalidValueError("paths is empty; give at least one file", field="paths")
        self._paths = paths
        self._where = checked_where(where)
        self._progress = progress
        self._option_names = option_names

    @abstractmethod
    def _table(self, tenant_id: str | None) -> RowTable:
        """Return what the rows become, of one tenant or of any, before any is read."""

    def read(self, tenant_id: str | None = None, *, takes_untenanted: bool = False) -> AlarmBatch:
        """Return all alarms of a tenant, in the order of the files; None: of the only one that the files hold.

        Args:
            tenant_id: whose.
            takes_untenanted: whether the rows are that tenant's where the files have no column tenant_id.
        """
        if tenant_id is not None and not isinstance(tenant_id, str):
            raise wrong_type(tenant_id, "tenant_id", "text")
        return self._read(RowChoice(tenant_id, takes_untenanted_files=takes_untenanted, where=self._where))

    def read_all_tenants(self) -> AlarmBatch:
        """Return all alarms of all tenants, in the order of the files.

        They have their column tenant_id; outages of a log know their tenant where it is the key.
        """
        return self._read(RowChoice(takes_all_tenants=True, where=self._where))

    def _read(self, choice: RowChoice) -> AlarmBatch:
        table = self._table(None if choice.takes_untenanted_files else choice.tenant_id)
        reader = TableReader(table, choice, self._option_names)
        for path in self._paths:
            with opened_rows(path) as files:
                for file in files:
                    reader.read(file, self._progress)
        return table.batch()

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        """Return the tenant's alarms that meet the window, of any severity; an empty batch for one without any."""
        return MemoryAlarmSource({tenant_id: self.read(tenant_id)}).fetch(tenant_id, start_us, end_us, wanted)


class FileAlarmSource(_FileSource):
    """Alarms of one or more exported files; an AlarmSource.

    Raises, when asked:
        InvalidFileError: a file cannot be read, is not of its format, or lacks a column.
        InvalidAlarmsError: rows are bad and `on_invalid` is "raise"; each fault names file and line.
        MissingExtraError: Parquet needs the extra `arrow` and pyarrow, XLSX the extra `xlsx`.
    """

    def __init__(
        self,
        *paths: str | os.PathLike[str],
        columns: Mapping[str, str] | None = None,
        times_in: str | None = None,
        epoch: Epoch | None = None,
        severity_map: WordMap | None = None,
        status_map: WordMap | None = None,
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = CLOCK_SKEW,
        where: Where | None = None,
        corrections: Iterable[Correction] = (),
        progress: Progress = unobserved,
        option_names: OptionNames = KEYWORDS,
    ) -> None:
        """Keep the names; nothing is opened yet.

        Args:
            paths: files, those of text gzipped or not; "-" is standard input; a folder is its Parquet files.
            columns, times_in, epoch, severity_map, status_map: as `alarms_from_rows`.
            on_invalid: as `AlarmBatch.from_columns`.
            clock_skew: the same; a row that ends so little before its start has length 0.
            where: {column: text, or several} of the rows to take, by our name of the column or the files'. A row must
                have one of the texts in each column; the empty text is an absent value.
            corrections: what people know better than rows; they apply before rows are judged.
            progress: called now and then with the file, the rows read of it, and which share of it that is.
            option_names: what the caller's door calls these options, for messages.

        Raises:
            InvalidValueError: no path is given, or an option is not one.
            InvalidTypeError: an option has the wrong type.
        """
        super().__init__(paths, where, progress, option_names)
        self._format = RowFormat(
            columns=columns,
            times_in=times_in,
            epoch=epoch,
            severity_map=severity_map,
            status_map=status_map,
            option_names=option_names,
        )
        self._on_invalid = on_invalid
        self._clock_skew = clock_skew
        self._corrections = tuple(corrections)

    def _table(self, tenant_id: str | None) -> RowTable:
        reader = RowReader(self._format, self._on_invalid, self._clock_skew, self._corrections)
        return AlarmTable(self._format, reader, tenant_id)

    def fetch_with_ancestors(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the same, and the alarms that these name as their parents, at any depth."""
        source = MemoryAlarmSource({tenant_id: self.read(tenant_id)})
        return source.fetch_with_ancestors(tenant_id, start_us, end_us, wanted)

    def fetch_by_ids(self, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return the tenant's alarms with these ids and their ancestors, whatever their severity or time."""
        return with_ids_and_ancestors(self.read(tenant_id), row_ids)


class FileChangeSource(_FileSource):
    """Outages of one or more exported logs of state changes; an AlarmSource. Raises, when asked, as FileAlarmSource.

    Its rows are changes and have no ids, so corrections cannot name them.
    """

    def __init__(
        self,
        *paths: str | os.PathLike[str],
        down: Words,
        up: Words | None = None,
        key: str | None = None,
        at: str = "at",
        state: str = "state",
        before: Before = "auto",
        times_in: str | None = None,
        epoch: Epoch | None = None,
        on_invalid: OnInvalid = "raise",
        where: Where | None = None,
        progress: Progress = unobserved,
        option_names: OptionNames = KEYWORDS,
    ) -> None:
        """Keep the names; nothing is opened yet.

        Args:
            paths, where, progress, option_names: as FileAlarmSource.
            down, up, key, at, state, before, times_in, epoch, on_invalid: as `alarms_from_changes`.

        Raises:
            InvalidValueError: no path is given, or an option is not one.
            InvalidTypeError: an option has the wrong type.
        """
        super().__init__(paths, where, progress, option_names)
        self._format = ChangeFormat(
            down=down,
            up=up,
            key=key,
            at=at,
            state=state,
            before=before,
            times_in=times_in,
            epoch=epoch,
            option_names=option_names,
        )
        self._on_invalid = on_invalid

    def _table(self, tenant_id: str | None) -> RowTable:
        return ChangeTable(self._format, ChangeReader(self._format, self._on_invalid), tenant_id)
