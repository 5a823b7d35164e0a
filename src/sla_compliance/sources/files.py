"""Alarms from exported files: CSV, JSON and JSON Lines."""
################################################################
# The columns are those of the platform's alarms table; only severity and
# first_occurrence are needed, and tenant_id where files hold several tenants.
# Other names are mapped; further columns are carried along, as text, for
# evaluate_each and targeted exclusions. Formats and times: _files/rows.py, _files/times.py.
#
# Nothing is read before it is asked for, and it is read again each time.
################################################################

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import InvalidTypeError, InvalidValueError, shown
from sla_compliance.sources._files.columns import checked_mapping
from sla_compliance.sources._files.opening import STANDARD_INPUT, opened
from sla_compliance.sources._files.table import AlarmTable, Progress
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.protocol import EVERY_QUALIFYING
from sla_compliance.validation import OnInvalid

__all__ = ["STANDARD_INPUT", "FileAlarmSource", "Progress", "unobserved"]

CLOCK_SKEW: Final = timedelta(minutes=5)
"""By how much the clocks of an export's writers may differ, unless told otherwise."""


def unobserved(name: str, rows: int, share: float | None) -> None:
    """Tell nobody how far reading got."""


class FileAlarmSource:
    """Alarms of one or more exported files; an AlarmSource.

    Raises, when asked:
        InvalidFileError: a file cannot be read, is not of its format, or lacks a column.
        InvalidAlarmsError: rows are bad and `on_invalid` is "raise"; each fault names file and line.
    """

    def __init__(
        self,
        *paths: str | os.PathLike[str],
        columns: Mapping[str, str] | None = None,
        on_invalid: OnInvalid = "raise",
        clock_skew: timedelta = CLOCK_SKEW,
        progress: Progress = unobserved,
    ) -> None:
        """Keep the names; nothing is opened yet.

        Args:
            paths: files, gzipped or not; "-" is standard input.
            columns: {platform's column: the files' own name}, e.g. {"first_occurrence": "raised_at"}.
            on_invalid: as `AlarmBatch.from_columns`.
            clock_skew: the same; a row that ends so little before its start has length 0.
            progress: told now and then the file, the rows read of it, and which share of it that is.

        Raises:
            InvalidValueError: no path is given, or `columns` names a column that alarms do not have.
            InvalidTypeError: `columns` is no mapping of texts.
        """
        if not paths:
            raise InvalidValueError("paths is empty; give at least one file", field="paths")
        self._paths = paths
        self._mapping = checked_mapping(columns)
        self._on_invalid = on_invalid
        self._clock_skew = clock_skew
        self._progress = progress

    def read(self, tenant_id: str | None = None) -> AlarmBatch:
        """Return all alarms of a tenant, in the order of the files; None: of the only one that the files hold."""
        if tenant_id is not None and not isinstance(tenant_id, str):
            raise InvalidTypeError(f"tenant_id is {shown(tenant_id)}; give text", field="tenant_id")
        table = AlarmTable(self._mapping, tenant_id)
        for path in self._paths:
            with opened(path) as file:
                table.read(file, self._progress)
        return table.batch(self._on_invalid, self._clock_skew)

    def fetch(self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING) -> AlarmBatch:
        """Return the tenant's alarms that meet the window, of any severity; an empty batch for one without any."""
        return MemoryAlarmSource({tenant_id: self.read(tenant_id)}).fetch(tenant_id, start_us, end_us, wanted)

    def fetch_with_ancestors(
        self, tenant_id: str, start_us: int, end_us: int, wanted: AlarmFilter = EVERY_QUALIFYING
    ) -> AlarmBatch:
        """Return the same, and the alarms that these name as their parents, at any depth."""
        source = MemoryAlarmSource({tenant_id: self.read(tenant_id)})
        return source.fetch_with_ancestors(tenant_id, start_us, end_us, wanted)
