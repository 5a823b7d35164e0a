"""The columns of the platform's alarms table, and how a file's own names become theirs."""
################################################################
# A file's column is the platform's where the caller maps it, or where it has the
# same name in any case; any other keeps its name and is carried along.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Final

from sla_compliance.alarms import ALARM_COLUMNS
from sla_compliance.errors import InvalidTypeError, InvalidValueError, shown
from sla_compliance.sources._files.opening import TextFile

# What else the platform's table has; carried along, as any other column is.
_CARRIED: Final = (
    "tenant_id", "source", "resource_type", "resource_name", "customer_name", "correlation_id", "correlation_action",
    "parent_alarm_id", "occurrence_count", "acknowledged_at",
)  # fmt: skip
PLATFORM_COLUMNS: Final = tuple(dict.fromkeys((*(column.name for column in ALARM_COLUMNS), *_CARRIED)))
NEEDED: Final = ("severity", "first_occurrence")

_NAMES_SHOWN: Final = 30


def checked_mapping(columns: Mapping[str, str] | None) -> dict[str, str]:
    """Return {file's name: platform's name} of a mapping given the other way round.

    Raises:
        InvalidTypeError: it is no mapping of texts.
        InvalidValueError: a key is no column of the platform, or one column of the file is to be two.
    """
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
    mapping = {own: name for name, own in columns.items()}
    if len(mapping) < len(columns):
        raise InvalidValueError("columns maps one column of the file twice; map it once", field="columns")
    return mapping


def platform_names(own: Iterable[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Return what each of a file's columns is called here; one that another is mapped onto keeps out of its way."""
    taken = set(mapping.values())
    return {name: mapping.get(name) or _same_name(name, taken) for name in own}


def _same_name(name: str, taken: set[str]) -> str:
    lowered = name.lower()
    if lowered in taken:
        return f"original {name}"
    return lowered if lowered in PLATFORM_COLUMNS else name


def check_needed(file: TextFile, names: Mapping[str, str], needed: Iterable[str], *, way_out: str) -> None:
    """Check that a file has the needed columns, and no column twice.

    Args:
        names: what each of the file's columns is called here.
        way_out: what to do about a missing one.

    Raises:
        InvalidFileError: it has not.
    """
    found = list(names.values())
    for name in needed:
        if name not in found:
            raise file.error(f"has no column {name}; it has {_listed(names)}; {way_out}")
    for name in found:
        if found.count(name) > 1:
            raise file.error(f"has two columns called {name}; rename one")


def check_mapped(file: TextFile, own: Iterable[str], mapping: Mapping[str, str]) -> None:
    """Check that a file has the columns that are mapped.

    Raises:
        InvalidFileError: it has not.
    """
    names = list(own)
    for name in mapping:
        if name not in names:
            raise file.error(
                f"has no column {shown(name)}, which {mapping[name]} is mapped to; it has {_listed(names)}"
            )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, islice(names, _NAMES_SHOWN))) or "none"
