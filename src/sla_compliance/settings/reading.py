"""Reading a contract file: from TOML to values of the library, with all faults and their paths."""
################################################################
# The file is read by the table of keys. Every fault is collected under the path of
# its key, in the order of the file, and none hides another; from the fiftieth on
# reading stops. A key that is not known is a fault: a misspelt rule that is ignored
# would change figures, and nothing would show it.
#
# TOML's floats are read as decimals, so 99.95 is exact.
################################################################

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, Final

from sla_compliance.errors import (
    SHOWN_CHARACTERS,
    InvalidContractError,
    InvalidFileError,
    InvalidTypeError,
    InvalidValueError,
    SLAComplianceError,
)
from sla_compliance.settings.keys import AGREEMENT_KEYS, FILE_KEYS, TENANTS_KEY
from sla_compliance.settings.kinds import described
from sla_compliance.settings.setting_key import SettingKey

MOST_BYTES: Final = 2**20
MOST_DOTS: Final = 200
MOST_FAULTS_LISTED: Final = 50

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,60}", re.ASCII)
_TOML_PLACE: Final = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)

Values = dict[str, Any]
"""Values of a table by the names of its keys; tables within it are of the same kind."""


def parse_toml(content: bytes, name: str) -> dict[str, Any]:
    """Return the tables of a file.

    Args:
        content: the file's bytes, or enough of them to see that it is too long.
        name: what errors call the file.

    Raises:
        InvalidFileError: it is longer than 1 MiB, has a line with more than MOST_DOTS dots, is no UTF-8 or no TOML; the
            message names line and column.
    """
    if len(content) > MOST_BYTES:
        raise InvalidFileError(f"{name} is longer than 1 MiB; a contract file is not", path=name)
    try:
        # A byte order mark is no part of the text: editors of Windows write one.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidFileError(f"{name}:{line} is no UTF-8; save the file as UTF-8", path=name, line=line) from None
    _check_dots(text, name)
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), name) from None
    except RecursionError:
        raise InvalidFileError(f"{name} is nested too deeply; its tables have at most five levels", path=name) from None
    except ValueError as error:  # of the conversion of a number
        raise InvalidFileError(f"{name} holds a number that is out of range; write a smaller one", path=name) from error


def _check_dots(text: str, name: str) -> None:
    """Check that no line can hold a long dotted key: tomllib takes the square of its parts, hours for a mebibyte."""
    for line, line_text in enumerate(text.split("\n"), start=1):
        # No exception for comments: a line that begins like one may be the end of a text, with keys behind it.
        if line_text.count(".") > MOST_DOTS:
            raise InvalidFileError(
                f"{name}:{line} has more than {MOST_DOTS} dots; break the line, or write [tables] for dotted names",
                path=name,
                line=line,
            )


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("out of range") from error


def _syntax_error(fault: str, name: str) -> InvalidFileError:
    place = _TOML_PLACE.fullmatch(fault)
    if place is None:
        return InvalidFileError(f"{name} is no TOML: {fault}", path=name)
    line = int(place[2])
    return InvalidFileError(f"{name}:{line}:{place[3]} is no TOML: {place[1]}", path=name, line=line)


class _TooManyFaultsError(Exception):
    """Reading stops."""


class ContractReader:
    """Reads the tables of one file and collects what is wrong with them.

    Attributes:
        faults: in the order of the file.
    """

    def __init__(self) -> None:
        self.faults: list[SLAComplianceError] = []

    def read(self, document: Mapping[str, Any]) -> Values:
        """Return the values of a whole file; of each tenant too, under `tenants`."""
        try:
            return self._file(document)
        except _TooManyFaultsError:
            return {}

    def check(self, name: str) -> None:
        """Check that there was no fault.

        Raises:
            InvalidContractError: there were some.
        """
        if not self.faults:
            return
        count = len(self.faults)
        or_more = " or more" if count >= MOST_FAULTS_LISTED else ""
        title = f"{name} has {count}{or_more} fault{'' if count == 1 else 's'}:"
        message = "\n  ".join([title, *map(str, self.faults)])
        raise InvalidContractError(message, self.faults)

    def add(self, fault: SLAComplianceError) -> None:
        """Keep a fault; stop reading where there are too many."""
        self.faults.append(fault)
        if len(self.faults) >= MOST_FAULTS_LISTED:
            raise _TooManyFaultsError

    def _file(self, document: Mapping[str, Any]) -> Values:
        tables = {name: value for name, value in document.items() if name != TENANTS_KEY.name}
        values = self._table(tables, FILE_KEYS, "")
        values[TENANTS_KEY.name] = self._tenants(document.get(TENANTS_KEY.name, {}))
        return values

    def _tenants(self, value: object) -> Values:
        if not isinstance(value, dict):
            self.add(_no_table(value, TENANTS_KEY.name))
            return {}
        values: Values = {}
        for tenant_id, table in value.items():
            path = path_of(TENANTS_KEY.name, tenant_id)
            if not tenant_id:
                self.add(InvalidValueError(f"{path} is the empty id; give the tenant's", field=path))
            values[tenant_id] = self._subtable(table, AGREEMENT_KEYS, path)
        return values

    def _subtable(self, value: object, keys: Sequence[SettingKey], path: str) -> Values:
        if not isinstance(value, dict):
            self.add(_no_table(value, path))
            return {}
        return self._table(value, keys, path)

    def _table(self, table: Mapping[str, Any], keys: Sequence[SettingKey], path: str) -> Values:
        """Return the values of a table; those that are wrong are absent."""
        key_by_name = {key.name: key for key in keys}
        values: Values = {}
        for name, value in table.items():
            key_path = path_of(path, name)
            key = key_by_name.get(name)
            if key is None:
                self.add(_unknown_key(name, keys, path))
                continue
            try:
                values[name] = self._value(value, key, key_path)
            except SLAComplianceError as error:
                self.add(error)
        for key in keys:
            if key.is_required and key.name not in table:
                key_path = path_of(path, key.name)
                self.add(InvalidValueError(f"{key_path} is missing; give {key.meaning}", field=key_path))
        return values

    def _value(self, value: object, key: SettingKey, path: str) -> object:
        """Return the value of a key.

        Raises:
            SLAComplianceError: it is wrong.
        """
        if key.keys and (key.kind is None or isinstance(value, dict)):
            return self._subtable(value, key.keys, path)
        assert key.kind is not None  # noqa: S101 - a key without a kind has keys
        return key.kind.read(value, path)


def merged(values: Values, own_values: Values) -> Values:
    """Return the values of the defaults with a tenant's own over them, key by key at any depth."""
    result = dict(values)
    for name, own_value in own_values.items():
        value = result.get(name)
        if isinstance(value, dict) and isinstance(own_value, dict):
            result[name] = merged(value, own_value)
        else:
            result[name] = own_value
    return result


def path_of(table: str, name: str) -> str:
    """Return the path of a key, its name quoted where TOML would quote it.

    >>> path_of("tenants", "acme.com")
    'tenants."acme.com"'
    """
    if _BARE_KEY.fullmatch(name):
        shown_name = name
    else:
        ellipsis = "..." if len(name) > SHOWN_CHARACTERS else ""
        shown_name = f'"{repr(name[:SHOWN_CHARACTERS])[1:-1]}{ellipsis}"'
    return f"{table}.{shown_name}" if table else shown_name


def _no_table(value: object, path: str) -> InvalidTypeError:
    return InvalidTypeError(f"{path} is {described(value)}; write it as a table, [{path}]", field=path)


def _unknown_key(name: str, keys: Sequence[SettingKey], path: str) -> InvalidValueError:
    """Return the error of a key that a table does not have; it names the key that was probably meant."""
    key_path = path_of(path, name)
    names = [key.name for key in keys]
    inner_paths = [inner for inner in _paths(keys, path) if inner.endswith(f".{name}")]
    similar_names = get_close_matches(name, names, n=1) if len(name) <= SHOWN_CHARACTERS else []
    if similar_names:
        way_out = f'did you mean "{similar_names[0]}"?'
    elif inner_paths:
        way_out = f"did you mean {inner_paths[0]}?"
    else:
        way_out = f"here are {', '.join(names)}"
    return InvalidValueError(f"{key_path} is no key of a contract file; {way_out}", field=key_path)


def _paths(keys: Sequence[SettingKey], path: str) -> Iterator[str]:
    """Yield the paths of the keys below a table, at any depth."""
    for key in keys:
        key_path = path_of(path, key.name)
        yield key_path
        yield from _paths(key.keys, key_path)
