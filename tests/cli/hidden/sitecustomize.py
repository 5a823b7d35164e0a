"""Hides libraries from a Python process and its children: with this folder on PYTHONPATH, importing one fails.

SLA_HIDDEN_LIBRARY names them, separated by commas. The import system itself then raises ModuleNotFoundError, as it does
for a package that is not installed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

HIDDEN = os.environ["SLA_HIDDEN_LIBRARY"].split(",")

_find_spec = PathFinder.find_spec


def find_spec(fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
    """Return the specification of a module; None for a hidden library and what is in it."""
    return None if fullname.partition(".")[0] in HIDDEN else _find_spec(fullname, path, target)


PathFinder.find_spec = find_spec  # type: ignore[method-assign]
