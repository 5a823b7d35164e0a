"""Blocks of shell on the pages: the commands of this project in them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

SHELL_BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ENDS_A_COMMAND: Final = ("|", "||", "&&", ";", "&", ">", ">>")


def shell_blocks(page: Path) -> list[str]:
    """Return the blocks of shell of a page."""
    return SHELL_BLOCK.findall(page.read_text(encoding="utf-8"))


def commands_of(page: Path, program: str) -> list[list[str]]:
    """Return the arguments of each call of a program on a page, in its order."""
    calls: list[list[str]] = []
    for block in shell_blocks(page):
        for line in block.replace("\\\n", " ").splitlines():
            if re.search(rf"(^|[\s/]){re.escape(program)}\s", line):
                calls += _calls_in_line(line, program)
    return calls


def _calls_in_line(line: str, program: str) -> list[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;>")
    lexer.whitespace_split = True
    words = list(lexer)
    if words[0] == "systemctl":  # its units have the name of the program
        return []
    calls: list[list[str]] = []
    for index, word in enumerate(words):
        if word.rpartition("/")[2] == program:
            following = words[index + 1 :]
            ends = [place for place, word in enumerate(following) if word in _ENDS_A_COMMAND]
            calls.append(following[: ends[0]] if ends else following)
    return calls
