"""RowColumns: the rows of all files in the same columns, under our names, in the same types."""
################################################################
# Kept are the columns of alarms, the keys, and what windows name; the others are not
# read. Instants keep the type of their files, so that they are read as in any frame.
# Whole numbers and texts stay what they are where all files agree; any other value is
# text, as files of rows have it.
#
# Two more columns say where a row stands: the number of its file, and its row there.
#
# A file without a column of severities has critical rows alone. That is said in its
# rows where another file has severities, for a table of rows of both has the column.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sla_compliance.alarms import ALARM_COLUMNS, INSTANT_COLUMNS, Severity
from sla_compliance.columns import TENANT_COLUMN
from sla_compliance.errors import InvalidFileError, InvalidValueError, requires_extra
from sla_compliance.rows.names import RowColumnNames, column_called
from sla_compliance.rows.words import SeverityReader, WordMap
from sla_compliance.sources._files.opening import file_error
from sla_compliance.sources._files.table import RowChoice
from sla_compliance.streaming.arrow_texts import is_text, plain, texts_of
from sla_compliance.streaming.input_files import InputFile

with requires_extra("frames", __name__, package="pyarrow"):
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.compute as pc  # type: ignore[import-untyped]

FILE_COLUMN: Final = "\0file"
ROW_COLUMN: Final = "\0row"
PLACE_COLUMNS: Final = (FILE_COLUMN, ROW_COLUMN)
_UNITS: Final = ("s", "ms", "us", "ns")


@dataclass(frozen=True)
class RowColumns:
    """How rows of files become rows of one table.

    Attributes:
        mapping: the files' names of columns, by ours, as `--column` gives them.
        types: the type of each column that is kept, by our name.
        conditions: for each column that rows are chosen by, the texts of which they must have one.
        critical_word: what stands for critical in the files' words; None: none of them lacks severities.
    """

    mapping: Mapping[str, str]
    types: Mapping[str, pa.DataType]
    conditions: Mapping[str, frozenset[str]]
    critical_word: str | None = None

    @classmethod
    def of(
        cls,
        files: Sequence[InputFile],
        *,
        mapping: Mapping[str, str],
        further: Iterable[str],
        conditions: Mapping[str, frozenset[str]],
        severity_map: WordMap | None = None,
    ) -> RowColumns:
        """Return the columns of some files.

        Args:
            further: columns to keep besides those of alarms, by our names.

        Raises:
            InvalidFileError: files disagree on the type of a column of times.
        """
        kept = {*(column.name for column in ALARM_COLUMNS), TENANT_COLUMN, *further}
        names = RowColumnNames(mapping)
        types_by_name: dict[str, list[tuple[pa.DataType, str]]] = {}
        lacks_severity = False
        for file in files:
            types = _types_of_file(names, file)
            lacks_severity |= "severity" not in types
            for name in kept & types.keys():
                types_by_name.setdefault(name, []).append((types[name], file.path))
        order = sorted(types_by_name)
        merged = {name: _merged(name, types_by_name[name]) for name in order}
        is_mixed = lacks_severity and "severity" in merged
        if is_mixed:
            merged["severity"] = pa.string()
        return cls(dict(mapping), merged, dict(conditions), _critical_word(severity_map) if is_mixed else None)

    @property
    def schema(self) -> Any:  # noqa: ANN401 - of Arrow
        """The columns of the table: those that are kept, and those of a row's place."""
        return pa.schema([*self.types.items(), (FILE_COLUMN, pa.int32()), (ROW_COLUMN, pa.int64())])

    def constant(self, file: InputFile, name: str) -> str | None:
        """Return the value that the folders of a file give to a column of ours; None where they give none."""
        constants = dict(file.constants)
        for theirs, ours in RowColumnNames(self.mapping).by_their_names(constants).items():
            if ours == name:
                return constants[theirs]
        return None

    def columns_to_read(self, file: InputFile) -> list[str]:
        """Return the file's own names of the columns that are needed of it."""
        names = RowColumnNames(self.mapping)
        own_names = set(file.schema.names)
        needed = {theirs for theirs, ours in names.by_their_names(file.names).items() if ours in self.types}
        for path in names.paths:
            needed.add(path if path in own_names else path.partition(".")[0])
        for name in self.conditions:
            needed.update(filter(None, [_their_column(name, names, file.names)]))
        # The names of a file's columns in its own order; a name with dots selects what it reaches.
        return [name for name in file.schema.names if name in needed]

    def table(self, batch: Any, file: InputFile, file_number: int, first_row: int) -> Any:  # noqa: ANN401 - of Arrow
        """Return the rows of a batch that fulfil the conditions, under our names.

        Raises:
            InvalidFileError: a column cannot be read.
        """
        row_count = batch.num_rows
        theirs = {name: batch.column(index) for index, name in enumerate(batch.schema.names)}
        theirs |= {name: pa.repeat(pa.scalar(value, pa.string()), row_count) for name, value in file.constants}
        names = RowColumnNames(self.mapping)
        ours = _our_columns(names, theirs)
        columns: dict[str, Any] = {}
        for name, column_type in self.types.items():
            try:
                columns[name] = self._column(name, ours.get(name), column_type, row_count)
            except (pa.ArrowInvalid, InvalidValueError) as error:
                raise file_error(file.path, f"holds values of {name} that cannot be read: {error}") from error
        columns[FILE_COLUMN] = pa.repeat(pa.scalar(file_number, pa.int32()), row_count)
        columns[ROW_COLUMN] = pa.array(range(first_row + 1, first_row + row_count + 1), pa.int64())
        table = pa.table(columns)
        for name, texts in self.conditions.items():
            values = _condition_column(name, names, ours, theirs)
            is_met = pc.is_in(pc.fill_null(texts_of(values), ""), value_set=pa.array(sorted(texts), pa.string()))
            table = table.append_column(f"\0{name}", is_met)
        for name in self.conditions:
            table = table.filter(table.column(f"\0{name}"))
        return table.select([*self.types, *PLACE_COLUMNS])

    def _column(self, name: str, values: Any, column_type: Any, row_count: int) -> Any:  # noqa: ANN401 - of Arrow
        if values is None:
            if name == "severity" and self.critical_word is not None:
                return pa.repeat(pa.scalar(self.critical_word, pa.string()), row_count)
            return pa.nulls(row_count, column_type)
        decoded = plain(values)
        if is_text(column_type) and not is_text(decoded.type):
            return texts_of(decoded).cast(column_type)
        return decoded.cast(column_type)


def conditions_of(choice: RowChoice) -> dict[str, frozenset[str]]:
    """Return the conditions that chosen rows fulfil, that of their tenant among them."""
    conditions = dict(choice.where)
    if choice.tenant_id is not None:
        tenants = frozenset([choice.tenant_id])
        conditions[TENANT_COLUMN] = conditions.get(TENANT_COLUMN, tenants) & tenants
    return conditions


def _types_of_file(names: RowColumnNames, file: InputFile) -> dict[str, pa.DataType]:
    """Return the type of each column of a file by our name."""
    own_types: dict[str, pa.DataType] = {field.name: field.type for field in file.schema}
    own_types |= {name: pa.string() for name, _ in file.constants}
    types = {ours: own_types[theirs] for theirs, ours in names.by_their_names(own_types).items()}
    for ours, path in _paths(names, own_types):
        types[ours] = _type_inside(own_types, path, file.path)
    return types


def _paths(names: RowColumnNames, theirs: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return our names and the paths of the mapped columns that reach into objects."""
    return [
        (ours, path)
        for path in names.paths
        if path not in theirs and path.partition(".")[0] in theirs
        for ours in (names.by_their_names([path])[path],)
    ]


def _type_inside(own_types: Mapping[str, pa.DataType], path: str, file_name: str) -> pa.DataType:
    root, *inside = path.split(".")
    own_type = own_types[root]
    for name in inside:
        index = own_type.get_field_index(name) if pa.types.is_struct(own_type) else -1
        if index < 0:
            raise file_error(file_name, f"has no field {path!r}: {root} is of type {own_types[root]}")
        own_type = own_type.field(index).type
    return own_type


def _our_columns(names: RowColumnNames, theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns by our names, those inside objects among them."""
    ours = {our_name: theirs[name] for name, our_name in names.by_their_names(theirs).items()}
    for our_name, path in _paths(names, theirs):
        root, *inside = path.split(".")
        values = theirs[root]
        for name in inside:
            values = pc.struct_field(values, name)
        ours[our_name] = values
    return ours


def _their_column(name: str, names: RowColumnNames, their_names: Sequence[str]) -> str | None:
    """Return the file's name of a column of a condition, by our name, else by the file's; None: there is none."""
    for theirs, ours in names.by_their_names(their_names).items():
        if ours == name:
            return theirs
    theirs_called = column_called(name, their_names)
    return theirs_called if theirs_called is not None and theirs_called.lower() == name.lower() else None


def _condition_column(name: str, names: RowColumnNames, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of Arrow
    their_name = _their_column(name, names, list(theirs))
    return ours[name] if their_name is None else theirs[their_name]


def _merged(name: str, types: Sequence[tuple[pa.DataType, str]]) -> pa.DataType:
    """Return the type of a column that has these types in the files of these names."""
    is_instant = name in INSTANT_COLUMNS
    merged, first_file = None, ""
    for file_type, file_name in types:
        kept = _kept_type(file_type, is_instant=is_instant)
        if merged is None or pa.types.is_null(merged):
            merged, first_file = kept, file_name
        elif not pa.types.is_null(kept) and kept != merged:
            both = _instants_of_both(merged, kept) if is_instant else pa.string()
            if both is None:
                raise _disagreement(name, (merged, first_file), (kept, file_name))
            merged = both
    return pa.null() if merged is None else merged


def _kept_type(file_type: pa.DataType, *, is_instant: bool) -> pa.DataType:
    """Return the type that values of a column have in the table, as far as its own file says."""
    value_type = file_type.value_type if pa.types.is_dictionary(file_type) else file_type
    if is_text(value_type):
        return pa.string()
    is_number_of_instant = pa.types.is_floating(value_type) or pa.types.is_date(value_type)
    if pa.types.is_null(value_type) or (is_instant and (pa.types.is_timestamp(value_type) or is_number_of_instant)):
        return value_type
    if pa.types.is_integer(value_type) and value_type != pa.uint64():
        return pa.int64()
    return pa.string()


def _instants_of_both(left: pa.DataType, right: pa.DataType) -> pa.DataType | None:
    """Return the type that holds the instants of two types; None where there is none."""
    if not (pa.types.is_timestamp(left) and pa.types.is_timestamp(right)):
        return None
    if (left.tz is None) != (right.tz is None):
        return None
    unit = max(left.unit, right.unit, key=_UNITS.index)
    return pa.timestamp(unit, None if left.tz is None else "UTC")


def _disagreement(name: str, first: tuple[pa.DataType, str], second: tuple[pa.DataType, str]) -> InvalidFileError:
    (first_type, first_file), (second_type, second_file) = first, second
    return file_error(
        second_file, f"has {name} as {second_type}, {first_file} as {first_type}; write both as one type of times"
    )


def _critical_word(severity_map: WordMap | None) -> str:
    """Return a word of the files that means critical."""
    words = SeverityReader(severity_map).words
    for word in sorted(words.known_words):
        if words.read(word) == Severity.CRITICAL:
            return word
    raise InvalidValueError(
        "no word means critical, and a file without severities has critical rows alone; map one to it",
        field="--map-severity",
    )
