"""KeptReflection: what a reader has reflected of its table, until the database refuses a statement on it."""
################################################################
# A reader looks at the catalog once. A column that is dropped or gets another type later
# makes its statement an error, and so does row-level security where it is switched on: the
# next read looks at the catalog again, and needs no restart.
################################################################

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_Table = TypeVar("_Table")


class KeptReflection(Generic[_Table]):
    """A table as it was last reflected."""

    def __init__(self, reflect: Callable[[Connection], _Table]) -> None:
        """Keep what reflects the table; nothing is read yet."""
        self._reflect = reflect
        self._table: _Table | None = None

    @contextmanager
    def used(self, connection: Connection) -> Iterator[_Table]:
        """Yield the table, reflected where it is not known; an error of the database in the block makes it unknown."""
        table = self._table
        if table is None:
            table = self._table = self._reflect(connection)
        try:
            yield table
        except DBAPIError:
            self._table = None
            raise
