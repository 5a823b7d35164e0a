"""Names of columns: what rows call them, and what alarms call them."""
################################################################
# A column of the rows is one of ours where `columns` maps ours onto it, else where
# it has our name in any case. Any other keeps its name and is carried along.
# A column that has the name of ours while another one is mapped onto that name
# keeps out of its way as "original NAME".
#
# A mapped name with dots reaches into objects, unless a column has that very name:
# "labels.severity" is the value of "severity" in the objects of column "labels".
################################################################

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from sla_compliance.alarms import ALARM_COLUMNS
from sla_compliance.checks import shown_names
from sla_compliance.errors import InvalidTypeError, InvalidValueError, SLAComplianceError, shown

# What else the platform's table has; carried along, as any other column is.
_CARRIED: Final = (
    "tenant_id", "source", "resource_name", "customer_name", "correlation_id", "correlation_action",
    "occurrence_count",
)  # fmt: skip
PLATFORM_COLUMNS: Final = (*(column.name for column in ALARM_COLUMNS), *_CARRIED)
MOST_COLUMNS: Final = 2_000


MakeError = Callable[[str], SLAComplianceError]
"""Makes the error of a fault such as "has no column severity", about an input that it knows the name of."""


class RowColumnNames:
    """What the columns of rows are called here."""

    def __init__(self, columns: Mapping[str, str] | None = None) -> None:
        """Keep a mapping.

        Args:
            columns: {our column: theirs}, e.g. {"first_occurrence": "raised_at"}.

        Raises:
            InvalidTypeError: `columns` is no mapping of texts.
            InvalidValueError: a key is no column of ours, or one column of theirs is to be two.
        """
        self._theirs = _checked_columns(columns)
        self._ours = {their_name: our_name for our_name, their_name in self._theirs.items()}

    @property
    def paths(self) -> tuple[str, ...]:
        """The mapped names that reach into objects, unless a column has that very name."""
        return tuple(path for path in self._theirs.values() if "." in path)

    def is_mapped(self, our_name: str) -> bool:
        """Return whether a column of ours is mapped."""
        return our_name in self._theirs

    def have(self, our_names: Iterable[str], their_names: Iterable[str]) -> bool:
        """Return whether columns of these names include some of ours."""
        names = self.by_their_names(their_names)
        unmapped = set(names.values())
        return all(self._is_there(name, names, unmapped) for name in our_names)

    def _is_there(self, our_name: str, their_names: Collection[str], unmapped: Collection[str]) -> bool:
        path = self._theirs.get(our_name)
        if path is None:
            return our_name in unmapped
        root, dot, _ = path.partition(".")
        return path in their_names or (dot == "." and root in their_names)

    def by_their_names(self, their_names: Iterable[str]) -> dict[str, str]:
        """Return what each of these columns is called here."""
        our_names = {}
        for name in their_names:
            our_names[name] = self._ours[name] if name in self._ours else self._same_name(name)
        return our_names

    def _same_name(self, their_name: str) -> str:
        lowered = their_name.lower()
        if lowered in self._theirs:
            return f"original {their_name}"
        return lowered if lowered in PLATFORM_COLUMNS else their_name

    def named(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Return columns by our names, those that reach into objects among them."""
        our_columns = {}
        for their_name, our_name in self.by_their_names(columns).items():
            our_columns[our_name] = columns[their_name]
        for our_name, path in self._theirs.items():
            root, _, inside = path.partition(".")
            if inside and path not in columns and root in columns:
                our_columns[our_name] = values_inside(columns[root], inside)
        return our_columns

    def check(self, their_names: Collection[str], needed: Iterable[str], error: MakeError, way_out: str) -> None:
        """Check that an input has the columns of ours that are needed, and none twice.

        Args:
            needed: ours; each must be there, by its mapped name where it is mapped.
            error: makes the error to raise.
            way_out: what to do about a missing column that is not mapped.

        Raises:
            SLAComplianceError: what `error` makes.
        """
        if len(their_names) > MOST_COLUMNS:
            raise error(f"has {len(their_names):,} columns, more than {MOST_COLUMNS:,}; keep those of alarms")
        missing = [name for name in needed if not self.have([name], their_names)]
        for name in missing:
            if self.is_mapped(name):
                self.check_mapped(their_names, [name], error)
            raise error(f"has no column {name}; it has {shown_names(their_names)}; {way_out}")
        for name, count in Counter(self.by_their_names(their_names).values()).items():
            if count > 1:
                raise error(f"has two columns called {name}; rename one")

    def check_mapped(self, their_names: Collection[str], our_names: Iterable[str] | None, error: MakeError) -> None:
        """Check that an input has the columns that ours are mapped to; all of them where `our_names` is None."""
        for name in self._theirs if our_names is None else our_names:
            if self.is_mapped(name) and not self.have([name], their_names):
                raise error(
                    f"has no column {shown(self._theirs[name])}, which {name} is mapped to; "
                    f"it has {shown_names(their_names)}"
                )


def column_called(their_name: str, their_names: Collection[str]) -> str | None:
    """Return which of some columns a name means: the one of that name, else in another case; None where none does.

    A name with dots means the column that its first part names, in which it reaches into objects.
    """
    if their_name in their_names:
        return their_name
    root, _, inside = their_name.partition(".")
    if inside and root in their_names:
        return root
    return next((name for name in their_names if name.lower() == their_name.lower()), None)


def check_texts(their_names: Iterable[object]) -> None:
    """Check that names of columns are text.

    Raises:
        InvalidTypeError: one is not.
    """
    for name in their_names:
        if not isinstance(name, str):
            raise InvalidTypeError(f"a column is called {shown(name)}; give texts as names", field="columns")


def values_inside(values: Iterable[Any], path: str) -> list[Any]:
    """Return what objects hold at a dotted path, None where they do not have it."""
    keys = path.split(".")
    return [_value_inside(value, keys) for value in values]


def _value_inside(value: object, keys: Sequence[str]) -> object:
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _checked_columns(columns: Mapping[str, str] | None) -> dict[str, str]:
    if columns is None:
        return {}
    if not isinstance(columns, Mapping) or not all(isinstance(text, str) for pair in columns.items() for text in pair):
        raise InvalidTypeError(
            "columns is no mapping of texts; give {'first_occurrence': 'raised_at'}", field="columns"
        )
    for name in columns:
        if name not in PLATFORM_COLUMNS:
            near = get_close_matches(name, PLATFORM_COLUMNS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"give one of {', '.join(PLATFORM_COLUMNS)}"
            raise InvalidValueError(f"columns maps {shown(name)}, which alarms do not have; {hint}", field="columns")
    if len(set(columns.values())) < len(columns):
        raise InvalidValueError("columns maps one column of the file twice; map it once", field="columns")
    return dict(columns)
