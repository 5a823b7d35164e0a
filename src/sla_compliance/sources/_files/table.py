"""The rows of one tenant, or of all, gathered from files, until they are a batch of alarms."""
################################################################
# Rows of other tenants, and rows that a condition leaves out, are left out before
# anything else is read of them; a row that cannot be read at all is kept as a fault,
# for it may be anybody's. Files that hold several tenants are refused until one is
# chosen, or all.
#
# A condition names a column, by our name or the files', and texts: rows are taken
# that have one of them in each such column. The empty text is an absent value.
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final, Protocol

from sla_compliance.batch import AlarmBatch
from sla_compliance.checks import listed_texts, wrong_type
from sla_compliance.columns import TENANT_COLUMN
from sla_compliance.errors import shown
from sla_compliance.rows.change_reader import ChangeFormat, ChangeReader
from sla_compliance.rows.names import column_called
from sla_compliance.rows.options import OptionNames
from sla_compliance.rows.reading import RowFormat, RowReader, TypedColumn
from sla_compliance.sources._files.chunk import Chunk, ExpectedColumns, Text
from sla_compliance.sources._files.row_files import RowFile
from sla_compliance.validation import NEEDED_INSTANT

Progress = Callable[[str, int, float | None], None]
"""Called with a file's name, how many of its rows are read, and which share of it (None where that is not known)."""

_TENANTS_SHOWN: Final = 5
_COLUMNS_SHOWN: Final = 30

Where = Mapping[str, str | Iterable[str]]
"""Names of columns and the text, or texts, of rows to take."""


class RowTable(Protocol):
    """Rows of files, until they are a batch."""

    @property
    def expected(self) -> ExpectedColumns:
        """What is looked for among the columns of a file."""

    def check_names(self, their_names: Mapping[str, object], file: RowFile) -> None:
        """Check the names of a file's columns as far as they are known; raises InvalidFileError."""

    def column(self, name: str, columns: Mapping[str, Any]) -> Any:  # noqa: ANN401 - values, a typed column or None
        """Return a column by our name or the file's; None where there is none."""

    def add(self, columns: Mapping[str, Any], places: Sequence[str], faults: Mapping[int, str]) -> None:
        """Add rows; columns by the file's own names."""

    def end_file(self, their_names: Mapping[str, object], file: RowFile) -> None:
        """End a file that has columns of these names."""

    def batch(self) -> AlarmBatch:
        """Return the rows as a batch."""


class AlarmTable:
    """Rows of alarms; a RowTable. Needed is first_occurrence, and tenant_id where a tenant is asked for."""

    def __init__(self, row_format: RowFormat, reader: RowReader, tenant_id: str | None) -> None:
        """Begin without rows."""
        self._format = row_format
        self._reader = reader
        names = row_format.names
        self.expected = ExpectedColumns(lambda their_names: names.have([NEEDED_INSTANT], their_names), names.paths)
        # A mapped column of severities must be there; without one, every row counts as critical.
        self._needed = [
            NEEDED_INSTANT,
            *([] if tenant_id is None else [TENANT_COLUMN]),
            *(["severity"] if names.is_mapped("severity") else []),
        ]

    def check_names(self, their_names: Mapping[str, object], file: RowFile) -> None:
        """Check that the file has what is needed."""
        self._format.check_names(their_names.keys(), file.error, self._needed)

    def column(self, name: str, columns: Mapping[str, Any]) -> Any:  # noqa: ANN401 - values, a typed column or None
        """Return a column by our name, else by the file's."""
        ours = self._format.names.named(columns)
        return ours[name] if name in ours else _file_column(name, columns)

    def add(self, columns: Mapping[str, Any], places: Sequence[str], faults: Mapping[int, str]) -> None:
        """Add rows."""
        self._reader.add(self._format.names.named(columns), len(places), row_names=places, row_faults=faults)

    def end_file(self, their_names: Mapping[str, object], file: RowFile) -> None:
        """Check that all mapped columns were there."""
        if their_names:
            self._format.names.check_mapped(their_names.keys(), None, file.error)
        self._reader.end_input()

    def batch(self) -> AlarmBatch:
        """Return the alarms."""
        return self._reader.batch()


class ChangeTable:
    """Rows of a log of state changes; a RowTable."""

    def __init__(self, change_format: ChangeFormat, reader: ChangeReader, tenant_id: str | None) -> None:
        """Begin without rows."""
        self._format = change_format
        self._reader = reader
        self._is_of_tenant = tenant_id is not None
        names = change_format.columns
        paths = [name for name in names if "." in name]
        self.expected = ExpectedColumns(
            lambda their_names: all(column_called(name, their_names) is not None for name in names), paths
        )

    def check_names(self, their_names: Mapping[str, object], file: RowFile) -> None:
        """Check that the file has what is needed."""
        self._format.check_names(their_names.keys(), file.error)
        if self._is_of_tenant and column_called(TENANT_COLUMN, their_names.keys()) is None:
            raise file.error(f"has no column {TENANT_COLUMN}; leave the tenant out, or add the column")

    def column(self, name: str, columns: Mapping[str, Any]) -> Any:  # noqa: ANN401 - values, a typed column or None
        """Return a column by its name."""
        return _file_column(name, columns)

    def add(self, columns: Mapping[str, Any], places: Sequence[str], faults: Mapping[int, str]) -> None:
        """Add rows."""
        self._reader.add(columns, len(places), row_names=places, row_faults=faults)

    def end_file(self, their_names: Mapping[str, object], file: RowFile) -> None:
        """Do nothing: the columns were checked already."""

    def batch(self) -> AlarmBatch:
        """Return the outages."""
        return self._reader.batch()


@dataclass(frozen=True, slots=True)
class RowChoice:
    """Which rows of files to take.

    Attributes:
        tenant_id: whose; None: those of the only tenant that the files hold.
        takes_all_tenants: whether they may be of several tenants.
        takes_untenanted_files: whether all rows of files without a column tenant_id are that tenant's.
        where: for each column, by name, the texts of which a row must have one.
    """

    tenant_id: str | None = None
    takes_untenanted_files: bool = False
    takes_all_tenants: bool = False
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)


def checked_where(where: Where | None) -> dict[str, frozenset[str]]:
    """Return conditions on columns as RowChoice has them.

    Raises:
        InvalidTypeError: it is no mapping of texts.
    """
    if where is None:
        return {}
    if not isinstance(where, Mapping) or not all(isinstance(name, str) for name in where):
        raise wrong_type(where, "where", "a mapping such as {'site': 'Lagos'}")
    texts_by_column: dict[str, frozenset[str]] = {}
    for name, texts in where.items():
        texts_by_column[name] = frozenset([texts] if isinstance(texts, str) else listed_texts(texts, "where"))
    return texts_by_column


class TableReader:
    """Reads files into a table, the chosen rows alone."""

    def __init__(self, table: RowTable, choice: RowChoice, option_names: OptionNames) -> None:
        """Begin without rows.

        Args:
            option_names: what the door calls its options, for messages.
        """
        self._table = table
        self._choice = choice
        self._option_names = option_names
        self._tenants: dict[Text, None] = {}
        self._are_untenanted: bool | None = None  # None: no row was read yet
        paths = [name for name in choice.where if "." in name]
        self._expected = replace(table.expected, paths=(*table.expected.paths, *paths))

    def read(self, file: RowFile, progress: Progress) -> None:
        """Add a file's rows.

        Raises:
            InvalidFileError: it is not of its format, lacks a column, or holds several tenants and none was chosen.
            InvalidAlarmsError: there are too many bad rows to read on.
        """
        their_names: dict[str, None] = {}
        row_count = 0
        for chunk in file.chunks(self._expected):
            known_names = len(their_names)
            their_names.update(dict.fromkeys(chunk.columns))
            if len(their_names) > known_names:
                self._table.check_names(their_names, file)
            self._add(file, chunk)
            row_count += len(chunk.places)
            progress(file.name, row_count, file.share_read())
        if their_names:
            self._check_where(their_names, file)
        self._table.end_file(their_names, file)

    def _check_where(self, their_names: Mapping[str, None], file: RowFile) -> None:
        """Check that a file has the columns of all conditions: without one, none of its rows would be taken."""
        empty_columns: dict[str, Sequence[Text]] = dict.fromkeys(their_names, ())
        option = self._option_names.where
        for name in self._choice.where:
            if self._table.column(name, empty_columns) is None:
                listed = ", ".join(map(shown, islice(their_names, _COLUMNS_SHOWN)))
                raise file.error(f"has no column {shown(name)}, which {option} names; it has {listed}")

    def _add(self, file: RowFile, chunk: Chunk) -> None:
        columns = chunk.columns
        rows = self._rows_to_take(file, chunk)
        faults = chunk.faults
        if len(rows) < len(chunk.places):
            columns = {name: _taken(column, rows) for name, column in columns.items()}
            faults = {index: chunk.faults[row] for index, row in enumerate(rows) if row in chunk.faults}
        self._table.add(columns, chunk.places.take(rows), faults)

    def _rows_to_take(self, file: RowFile, chunk: Chunk) -> Sequence[int]:
        rows: Sequence[int] = range(len(chunk.places))
        for name, texts in self._choice.where.items():
            rows = self._rows_with(name, texts, rows, chunk)
        if self._choice.takes_all_tenants:
            return rows
        if self._choice.tenant_id is not None:
            if self._choice.takes_untenanted_files and self._is_untenanted(file, chunk):
                return rows
            return self._rows_with(TENANT_COLUMN, {self._choice.tenant_id}, rows, chunk)
        self._check_tenants(file, rows, chunk)
        return rows

    def _is_untenanted(self, file: RowFile, chunk: Chunk) -> bool:
        """Return whether rows name no tenant; whose they are is not known where others name one."""
        is_untenanted = self._table.column(TENANT_COLUMN, chunk.columns) is None
        if self._are_untenanted not in (None, is_untenanted):
            raise file.error(f"and what was read before it name a tenant in part only; give all rows a {TENANT_COLUMN}")
        self._are_untenanted = is_untenanted
        return is_untenanted

    def _rows_with(self, name: str, texts: Collection[str], rows: Sequence[int], chunk: Chunk) -> list[int]:
        """Return the rows that have one of some texts in a column, and those that cannot be read at all."""
        values = _cells(self._table.column(name, chunk.columns))
        if values is None:
            return [row for row in rows if "" in texts or row in chunk.faults]
        # The empty text of a CSV file and an absent value of other formats are the same.
        return [row for row in rows if (values[row] or "") in texts or row in chunk.faults]

    def _check_tenants(self, file: RowFile, rows: Sequence[int], chunk: Chunk) -> None:
        """Check that the rows are of one tenant."""
        tenant_ids = _cells(self._table.column(TENANT_COLUMN, chunk.columns))
        if tenant_ids is None:
            return
        readable_ids = [tenant_ids[row] for row in rows if row not in chunk.faults]
        for tenant in dict.fromkeys(readable_ids):
            self._tenants.setdefault(tenant or None)
        if len(self._tenants) > 1:
            names = ["none" if tenant is None else shown(tenant) for tenant in self._tenants]
            listed = ", ".join(names[:_TENANTS_SHOWN]) + (" and more" if len(names) > _TENANTS_SHOWN else "")
            option = self._option_names.tenant
            raise file.error(f"holds alarms of several tenants, {listed}; ask for one, with {option}")


def _cells(column: Any) -> Sequence[Text] | None:  # noqa: ANN401 - values, a typed column or None
    return column.cells() if isinstance(column, TypedColumn) else column


def _file_column(name: str, columns: Mapping[str, Any]) -> Any:  # noqa: ANN401 - values, a typed column or None
    own_name = column_called(name, columns.keys())
    # A name with dots is a column of its own here: the formats' readers have looked into the objects.
    if own_name is None or own_name.lower() != name.lower():
        return None
    return columns[own_name]


def _taken(column: Any, rows: Sequence[int]) -> Any:  # noqa: ANN401 - values, or a typed column
    return column.take(rows) if isinstance(column, TypedColumn) else [column[row] for row in rows]
