"""Checks of arguments: the one way to say "x is A; give B"."""
################################################################
# A bad argument gets one message: the name it was given under, the value as it
# can be shown, and what to give instead. The functions here check types, lists,
# texts, whole numbers, lengths and order, and make that message. Whole numbers are
# those of any library (anything with `__index__`) but for booleans. What a value
# means is checked where it is read: instants in units, zones in zones, and so on.
################################################################

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from operator import index
from typing import Any, Final, SupportsIndex

from sla_compliance.errors import SHOWN_CHARACTERS, InvalidIntervalError, InvalidTypeError, InvalidValueError, shown

MOST_NAMES_SHOWN: Final = 30


def wrong_type(value: object, field: str, wanted: str) -> InvalidTypeError:
    """Return the error of a value of the wrong type.

    Args:
        field: the name that the value was given under.
        wanted: what to give instead, e.g. "an aware datetime".
    """
    return InvalidTypeError(f"{field} is {shown(value)}; give {wanted}", field=field)


def wrong_value(value: object, field: str, wanted: str) -> InvalidValueError:
    """Return the error of a value of the right type and an impossible content; arguments as `wrong_type`."""
    return InvalidValueError(f"{field} is {shown(value)}; give {wanted}", field=field)


def shown_names(names: Iterable[object]) -> str:
    """Return names for a message, the first MOST_NAMES_SHOWN and how many more there are; "none" where there is none.

    >>> shown_names(["id", "severity"]), shown_names([]), shown_names(range(32))[-10:]
    ("'id', 'severity'", 'none', 'and 2 more')
    """
    return _first_names(names, shown)


def bare_names(names: Iterable[str]) -> str:
    """Return the same, without quotes around a name that is a short identifier.

    >>> bare_names(["id", "labels.site"])
    "id, 'labels.site'"
    """
    return _first_names(names, _bare)


def _bare(name: object) -> str:
    is_plain = isinstance(name, str) and len(name) <= SHOWN_CHARACTERS and name.isidentifier()
    return str(name) if is_plain else shown(name)


def _first_names(names: Iterable[object], show: Callable[[object], str]) -> str:
    all_names = list(names)
    unshown = len(all_names) - MOST_NAMES_SHOWN
    more = f" and {unshown:,} more" if unshown > 0 else ""
    return (", ".join(map(show, all_names[:MOST_NAMES_SHOWN])) or "none") + more


def check_type(value: object, kind: type | tuple[type, ...], field: str, wanted: str) -> None:
    """Check that a value is of a type.

    Raises:
        InvalidTypeError: it is not.
    """
    if not isinstance(value, kind):
        raise wrong_type(value, field, wanted)


def checked_text(value: object, field: str, wanted: str = "text") -> str:
    """Return a value that is text.

    Raises:
        InvalidTypeError: it is not.
    """
    if not isinstance(value, str):
        raise wrong_type(value, field, wanted)
    return value


def integer(value: object, field: str, wanted: str = "an int") -> int:
    """Return a whole number, of whichever library, as an int; True and False are none.

    Raises:
        InvalidTypeError: it is none.
        InvalidValueError: it is of a foreign type that raises an error when it is read.
    """
    if type(value) is int:
        return value
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise wrong_type(value, field, wanted)
    try:
        return index(value)
    except TypeError:  # numpy's arrays have the method and are no integer
        raise wrong_type(value, field, wanted) from None
    except Exception as error:  # a foreign type may raise anything
        raise wrong_value(value, field, wanted) from error


def checked_integer(value: object, field: str, lowest: int, highest: int) -> int:
    """Return a whole number within bounds as an int; arguments and errors as `integer`.

    Raises:
        InvalidValueError: it is out of bounds.
    """
    number = integer(value, field)
    if not lowest <= number <= highest:
        raise wrong_value(value, field, f"a number from {lowest} to {highest}")
    return number


def listed(values: object, field: str, wanted: str = "a list with a value for each row") -> list[Any]:
    """Return several values as a list.

    Raises:
        InvalidTypeError: it is not several values; a text is one, a mapping is none.
    """
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise wrong_type(values, field, wanted)
    return list(values)


def row_sequence(values: object, field: str) -> Sequence[Any]:
    """Return several values as a sequence, without a copy where they are one; errors as `listed`."""
    if isinstance(values, Sequence) and not isinstance(values, str | bytes):
        return values
    return listed(values, field)


def listed_texts(values: object, field: str, wanted: str = "several texts") -> list[str]:
    """Return several texts as a list.

    Raises:
        InvalidTypeError: it is not several values, or one of them is no text.
    """
    texts = listed(values, field, wanted)
    for value in texts:
        if not isinstance(value, str):
            raise InvalidTypeError(f"{field} holds {shown(value)}; give texts only", field=field)
    return texts


def listed_keys(values: object, field: str) -> list[Hashable]:
    """Return several values that can be keys, as a list.

    Raises:
        InvalidTypeError: it is not several values, or one of them cannot be a key.
    """
    keys = listed(values, field, "several keys")
    try:
        set(map(str, set(keys)))  # keys are compared as text
    except Exception as error:  # a foreign type may raise anything
        fault = f"{type(error).__name__}: {shown(str(error))}"
        raise InvalidTypeError(f"{field} holds what cannot be a key ({fault}); give texts", field=field) from None
    return keys


def row_place(row: int, row_names: Sequence[str] | None) -> str:
    """Return what to call a row in a message, e.g. "alarms[17]" or "alarms.csv:17"."""
    return f"alarms[{row}]" if row_names is None else row_names[row]


def row_field(row: int, column: str, row_names: Sequence[str] | None) -> str:
    """Return what to call a value of a row in a message, e.g. "alarms[17].cleared_at" or "alarms.csv:17 cleared_at"."""
    return f"{row_place(row, row_names)}{'.' if row_names is None else ' '}{column}"


def check_lengths(columns: Mapping[str, Sequence[Any]]) -> None:
    """Check that columns, by name, belong together.

    Raises:
        InvalidIntervalError: they differ in length.
    """
    (first_name, first_column), *others = columns.items()
    for name, column in others:
        if len(column) != len(first_column):
            raise InvalidIntervalError(
                f"{name} has {len(column)} rows and {first_name} {len(first_column)}; give every row a value or None",
                field=name,
            )


def check_order(start_us: int, end_us: int, *, start: object, end: object, field: str = "end") -> None:
    """Check that a window does not end before it starts; `start` and `end` are what the message shows.

    Raises:
        InvalidIntervalError: it does.
    """
    if end_us < start_us:
        raise InvalidIntervalError(f"{field} is {shown(end)}, before start {shown(start)}; swap them", field=field)
