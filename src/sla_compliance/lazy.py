"""Properties that are computed when they are first read, and copies of what has them."""
################################################################
# functools.cached_property of Python 3.11 holds one lock for a property of all
# objects while it computes. A process that is forked at that moment, by another
# thread, copies the lock as it is, and never reads the property: it waits for a
# thread that it does not have.
#
# Here two threads may both compute; values are facts of a frozen object, so both are
# equal, and one of them stays.
#
# A copy or a pickle of a LazyValue has the fields alone. With the object's own
# `__dict__` it would fail where a property is computed meanwhile, by another thread
# or by a field that is computed as it is pickled.
################################################################

from __future__ import annotations

from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

_Value = TypeVar("_Value")


class lazy_property(cached_property[_Value]):  # noqa: N801 - a decorator, as `property` is
    """A property that is computed when it is first read, and kept in the object's `__dict__`."""

    if not TYPE_CHECKING:  # pragma: no branch - the types are those of the parent

        def __get__(self, instance: object, owner: type | None = None) -> Any:  # noqa: ANN401 - of any property
            if instance is None:
                return self
            values = vars(instance)
            if self.attrname not in values:
                values[self.attrname] = self.func(instance)
            return values[self.attrname]


class LazyValue:
    """Base of dataclasses with lazy properties: copies and pickles leave out what was computed."""

    def __getstate__(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
