"""The public names of the package: where each is defined, and where it is used."""
################################################################
# A public name is a function, class or constant of a module without a leading
# underscore. Methods and fields are not looked at, and a module that imports a
# name does not define it.
#
# A name of a module is used where
#   - the module itself loads it,
#   - any module of the package or of the tests imports it from that module,
#   - a file that imports the module as a whole reads an attribute of that name,
#   - the project file, or code in a page of the documentation, has it as a word.
################################################################

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.architecture.rooms import FILES, FOLDER, file_of_module, parsed

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
CODE: Final = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class References:
    """What one file of Python refers to.

    Attributes:
        loaded_names: names that it loads, its own among them.
        attributes: names of the attributes that it reads, of whatever object.
        modules: files of the package that it imports as a whole.
        imported_names: (file of the package, name) of each name that it imports from a module.
    """

    loaded_names: frozenset[str]
    attributes: frozenset[str]
    modules: frozenset[str]
    imported_names: frozenset[tuple[str, str]]


def public_names(file: str) -> set[str]:
    """Return the public names that a file of the package defines."""
    return {name for name in _defined_names(parsed(file).body) if not name.startswith("_")}


def files_by_name() -> dict[str, list[str]]:
    """Return the files that define each public name."""
    files: dict[str, list[str]] = defaultdict(list)
    for file in FILES:
        for name in sorted(public_names(file)):
            files[name].append(file)
    return files


def unused_names() -> dict[str, list[str]]:
    """Return the public names of each file that are used nowhere."""
    references_by_path = {path: _references(ast.parse(path.read_text(encoding="utf-8"))) for path in _python_files()}
    documented_names = _documented_names()
    unused: dict[str, list[str]] = {}
    for file, path in FILES.items():
        used_names = documented_names | references_by_path[path].loaded_names
        for references in references_by_path.values():
            used_names |= {name for source, name in references.imported_names if source == file}
            if file in references.modules:
                used_names |= references.attributes
        if names := sorted(public_names(file) - used_names):
            unused[file] = names
    return unused


def _documented_names() -> set[str]:
    """Return the words of the project file and of all code in the documentation."""
    texts = [(ROOT / "pyproject.toml").read_text(encoding="utf-8")]
    for page in PAGES:
        texts += CODE.findall(page.read_text(encoding="utf-8"))
    return {word for text in texts for word in re.findall(r"\w+", text)}


def _python_files() -> list[Path]:
    return [*FOLDER.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *ROOT.glob("*.py")]


def _defined_names(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements of a module bind by definition or assignment, also under `if` and `try`."""
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))
        elif isinstance(statement, ast.If | ast.Try | ast.With):
            yield from _defined_names(statement.body)
            yield from _defined_names(getattr(statement, "orelse", []))


def _references(tree: ast.Module) -> References:
    """Return what a file refers to."""
    loaded_names: set[str] = set()
    attributes: set[str] = set()
    modules: set[str] = set()
    imported_names: set[tuple[str, str]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            loaded_names.add(node.id)
        elif isinstance(node, ast.Attribute):
            attributes.add(node.attr)
        elif isinstance(node, ast.Import):
            modules.update(file for alias in node.names if (file := file_of_module(alias.name)))
        elif isinstance(node, ast.ImportFrom):
            source = file_of_module(node.module or "")
            for alias in node.names:
                module = file_of_module(f"{node.module}.{alias.name}")
                if module is not None:
                    modules.add(module)
                elif source is not None:
                    imported_names.add((source, alias.name))
    return References(frozenset(loaded_names), frozenset(attributes), frozenset(modules), frozenset(imported_names))
