"""Mutants of a source file: its text with one small fault each."""
################################################################
# The faults are mutmut's: a comparison with its edge moved, a number one higher,
# an argument dropped, a condition turned. mutmut leaves out what has a decorator,
# because it swaps functions while the program runs. Here each mutant is a whole
# file, so properties, cached functions, tables and defaults are mutated as well.
# Not mutated is what only people read: a text with a blank in it, and the value
# that a message shows. What programs read of an error, its type and field, is.
# Neither is `strict=True`, which is itself a check.
################################################################

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

# Their first argument is the value that the message shows.
_ERROR_MAKERS = ("wrong_value", "wrong_type")
# Functions of protocols and of type checkers have no body that runs.
_WITHOUT_BODY = ("abstractmethod", "overload")


@dataclass(frozen=True)
class Mutant:
    """One fault in one file.

    Attributes:
        name: where it is and what it changes: "function: line -> line", the same on every run.
        source: text of the whole file.
    """

    name: str
    source: str


class _Visitor(MutationVisitor):
    """mutmut's visitor, which also enters decorated functions, and leaves prose alone."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if _is_prose(node) or (isinstance(node, cst.Call) and _called_name(node) == "shown"):
            return True
        if isinstance(node, cst.FunctionDef) and node.decorators:
            return any(_decorator_name(decorator) in _WITHOUT_BODY for decorator in node.decorators)
        if isinstance(node, cst.Arg) and node.keyword is not None and node.keyword.value == "strict":
            return True
        return super()._skip_node_and_children(node)


def _is_prose(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleString) and " " in node.value and "r" not in node.prefix


def _called_name(call: cst.Call) -> str:
    return call.func.value if isinstance(call.func, cst.Name) else ""


def _is_for_people(call: cst.CSTNode, mutated_call: cst.CSTNode) -> bool:
    """Return whether two calls differ in prose, in the value that a message shows, or in `strict`."""
    if not isinstance(call, cst.Call) or not isinstance(mutated_call, cst.Call):
        return False
    kept = {id(arg) for arg in mutated_call.args}
    for position, arg in enumerate(call.args):
        if id(arg) not in kept:
            is_shown_value = position == 0 and _called_name(call) in _ERROR_MAKERS
            is_strict = arg.keyword is not None and arg.keyword.value == "strict"
            return _is_prose(arg.value) or is_shown_value or is_strict
    return False


def _decorator_name(decorator: cst.Decorator) -> str:
    expression = decorator.decorator
    return expression.value if isinstance(expression, cst.Name) else ""


def mutants_of(source: str, path: str) -> Iterator[Mutant]:
    """Yield the mutants of a file's text, first to last; those that are no Python are left out."""
    wrapper = MetadataWrapper(cst.parse_module(source))
    visitor = _Visitor(mutation_operators, IgnoredCode(set(), set(), set()))
    wrapper.visit(visitor)
    positions = wrapper.resolve(PositionProvider)
    function_names = _function_names(wrapper)
    file = _File(wrapper.module)
    seen_sources = {source}  # two faults may give one text
    for mutation in visitor.mutations:
        if _is_for_people(mutation.original_node, mutation.mutated_node):
            continue
        before, after, mutated_source = file.with_replaced(mutation.original_node, mutation.mutated_node)
        if mutated_source in seen_sources or not _is_python(mutated_source, path):
            continue
        seen_sources.add(mutated_source)
        first_line = positions[mutation.original_node].start.line
        name = f"{function_names.get(first_line, 'module')}: {_changed_lines(before, after)}"
        yield Mutant(name, mutated_source)


class _File:
    """A module as the texts of its statements, of which one is written again for each mutant."""

    def __init__(self, module: cst.Module) -> None:
        self._module = module
        self._texts = [module.code_for_node(statement) for statement in module.body]
        self._head = "".join(map(module.code_for_node, module.header))
        self._foot = "".join(map(module.code_for_node, module.footer))
        self._ranks: dict[int, int] = {}
        for rank, statement in enumerate(module.body):
            self._place(statement, rank)

    def _place(self, node: cst.CSTNode, rank: int) -> None:
        """Note of a node and all in it which statement of the module holds it."""
        self._ranks[id(node)] = rank
        for child in node.children:
            self._place(child, rank)

    def with_replaced(self, node: cst.CSTNode, mutated_node: cst.CSTNode) -> tuple[str, str, str]:
        """Return the statement that holds a node before and after it is replaced, and the whole text after it."""
        rank = self._ranks[id(node)]
        mutated_statement = deep_replace(self._module.body[rank], node, mutated_node)
        assert isinstance(mutated_statement, cst.CSTNode)
        text = self._module.code_for_node(mutated_statement)
        texts = [*self._texts[:rank], text, *self._texts[rank + 1 :]]
        return self._texts[rank], text, "".join((self._head, *texts, self._foot))


def _is_python(source: str, path: str) -> bool:
    try:
        compile(source, path, "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _changed_lines(source: str, mutated_source: str) -> str:
    """Return the lines that differ, without indentation: "before -> after"."""
    before: list[str] = []
    after: list[str] = []
    for line in difflib.unified_diff(source.splitlines(), mutated_source.splitlines(), n=0, lineterm=""):
        if line.startswith("-") and not line.startswith("---"):
            before.append(line[1:].strip())
        elif line.startswith("+") and not line.startswith("+++"):
            after.append(line[1:].strip())
    return f"{' '.join(before)} -> {' '.join(after)}"


def _function_names(wrapper: MetadataWrapper) -> dict[int, str]:
    """Return the qualified name of the function or class that each line stands in."""
    positions = wrapper.resolve(PositionProvider)
    names: dict[int, str] = {}

    def name_lines(node: cst.CSTNode, outer: str) -> None:
        for child in node.children:
            if not isinstance(child, cst.FunctionDef | cst.ClassDef):
                name_lines(child, outer)
                continue
            qualified_name = f"{outer}{child.name.value}"
            position = positions[child]
            for line in range(position.start.line, position.end.line + 1):
                names[line] = qualified_name
            name_lines(child, f"{qualified_name}.")

    name_lines(wrapper.module, "")
    return names
