"""The files of docs/deploy, read as their programs read them, and placed on this machine."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

DOCS: Final = Path(__file__).parents[2] / "docs"
FOLDER: Final = DOCS / "deploy"
PAGE: Final = (DOCS / "deploy.md").read_text(encoding="utf-8")
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]

_VARIABLE: Final = re.compile(r"\$\{(\w+):\?[^}]*\}")
_OPTIONAL_VARIABLE: Final = re.compile(r"\$\{(\w+):-\}")
_CONTINUATION: Final = "\\\n"

Instruction = tuple[str, str]


def variables_of(value: object) -> set[str]:
    """Return the variables that a part of the compose file needs."""
    return set(_VARIABLE.findall(json.dumps(value)))


def filled(text: str, variables: Mapping[str, str]) -> str:
    """Return a text of the compose file with its variables filled in; those that may be missing are empty."""
    return _VARIABLE.sub(lambda match: variables[match[1]], _OPTIONAL_VARIABLE.sub("", text))


def instructions() -> Iterator[Instruction]:
    """Yield the instructions of the Dockerfile, each with its arguments on one line."""
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8").replace(_CONTINUATION, " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, arguments = line.partition(" ")
            yield name, " ".join(arguments.split())


def json_command(name: str) -> list[str]:
    """Return the command of an instruction that has one in JSON, e.g. CMD."""
    (arguments,) = [arguments for instruction, arguments in instructions() if instruction == name]
    command: list[str] = json.loads(arguments[arguments.index("[") :])
    return command


def unit(name: str) -> dict[str, list[str]]:
    """Return the values of each key of a systemd unit, whatever their section."""
    values: dict[str, list[str]] = {}
    for line in (FOLDER / "systemd" / name).read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            values.setdefault(key, []).append(value)
    return values


def unit_command(name: str) -> list[str]:
    """Return the command that a systemd unit starts."""
    (command,) = unit(name)["ExecStart"]
    return shlex.split(command)


def blocks(language: str) -> list[str]:
    """Return the blocks of a language on the page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
