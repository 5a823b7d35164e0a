"""What docs/reference.md documents: the objects that its directives name, and the public names of the package."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

import sla_compliance
from sla_compliance.errors import MissingExtraError

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference.md"
NOT_INSTALLED = "spark"
"""The extra that tests run without, for it is large; docs/spark.md documents what needs it."""
_BLOCK: Final = re.compile(r"^```\{eval-rst\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DIRECTIVE: Final = re.compile(r"^\.\. (currentmodule|auto\w+):: (\S+)\n((?: +:.*\n)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DocumentedName:
    """A name of the page.

    Attributes:
        directive: what documents it, e.g. "autoclass".
        path: the dotted name, from the package on.
        has_members: whether the members of a module or class are shown too.
    """

    directive: str
    path: str
    has_members: bool


def documented_names() -> list[DocumentedName]:
    """Return the names that the page documents, in its order."""
    names: list[DocumentedName] = []
    current_module = ""
    for block in _BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        for directive, name, options in _DIRECTIVE.findall(block):
            if directive == "currentmodule":
                current_module = name
            else:
                path = name if name.startswith("sla_compliance") else f"{current_module}.{name}"
                names.append(DocumentedName(directive, path, ":no-members:" not in options))
    return names


def object_at(path: str) -> object:
    """Return what a dotted name names; an AttributeError or ModuleNotFoundError where it names nothing."""
    parts = path.split(".")
    value: object = importlib.import_module(parts[0])
    for index, part in enumerate(parts[1:], start=2):
        # A module may have the name of what the package re-exports, e.g. `settlement`: the attribute wins.
        if not hasattr(value, part) and isinstance(value, ModuleType):
            importlib.import_module(".".join(parts[:index]))
        value = getattr(value, part)
    return value


def public_names() -> Iterator[tuple[str, str]]:
    """Yield the module and the name of each entry of each public `__all__`."""
    modules = [
        "sla_compliance",
        *(info.name for info in pkgutil.walk_packages(sla_compliance.__path__, "sla_compliance.")),
    ]
    for module_name in modules:
        if any(part.startswith("_") for part in module_name.split(".")):
            continue
        try:
            module = importlib.import_module(module_name)
        except MissingExtraError as error:
            if error.extra == NOT_INSTALLED:
                continue
            raise
        yield from ((module_name, name) for name in getattr(module, "__all__", ()))


def documented_paths() -> set[str]:
    """Return the dotted names of all that the page documents, members of modules that it documents whole among them."""
    paths: set[str] = set()
    for name in documented_names():
        paths.add(name.path)
        if name.directive == "automodule" and name.has_members:
            members = vars(object_at(name.path)).items()
            # Sphinx shows what a module defines, and not what it imports.
            own_members = [member for member, value in members if getattr(value, "__module__", "") == name.path]
            paths |= {f"{name.path}.{member}" for member in own_members if not member.startswith("_")}
    return paths


def undocumented_names() -> list[str]:
    """Return the public names of which the page documents the object under no path that ends with the name."""
    objects_by_name: dict[str, list[object]] = {}
    for path in documented_paths():
        objects_by_name.setdefault(path.rpartition(".")[2], []).append(object_at(path))
    missing: list[str] = []
    for module_name, name in public_names():
        value = getattr(importlib.import_module(module_name), name)
        if not any(value is documented for documented in objects_by_name.get(name, ())):
            missing.append(f"{module_name}.{name}")
    return missing
