"""docs/commands.md: every command with its arguments and options, as the command line itself has them."""
################################################################
# The page is made from the objects of click that parse a command line, so it
# has what they take and nothing else. An option that a command shares with
# `report`, word for word, is described there and named only at the command.
################################################################

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from sla_compliance.cli.commands import commands

PAGE: Final = Path(__file__).parents[2] / "docs" / "commands.md"
DESCRIBES_SHARED_OPTIONS: Final = "report"
HEAD: Final = """# Every command and option

`sla-compliance COMMAND --help` says the same on the terminal. What the commands are for is in [Command line](cli.md),
the environment variables of `serve` in [The whole app](web.md#the-whole-app). The page is made by `nox -s map`.

`sla-compliance --version` prints the version. With `SLA_COMPLIANCE_TRACEBACK=1` an unexpected error shows its
traceback.
"""

Lines = dict[str, str]


def commands_by_name() -> dict[str, click.Command]:
    """Return every command by what follows `sla-compliance`, commands of a group among them."""
    by_name: dict[str, click.Command] = {}
    context = click.Context(commands)
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        assert command is not None
        by_name[name] = command
        if isinstance(command, click.Group):
            by_name |= {f"{name} {inner}": inner_command for inner, inner_command in command.commands.items()}
    return by_name


def option_lines(name: str, command: click.Command) -> Lines:
    """Return what is said about each option of a command, by how it is written."""
    context = click.Context(command, info_name=name, max_content_width=10_000)
    records = [option.get_help_record(context) for option in command.params if isinstance(option, click.Option)]
    return dict(record for record in records if record is not None)


def page_of_commands() -> str:
    """Return the whole page."""
    by_name = commands_by_name()
    shared = option_lines(DESCRIBES_SHARED_OPTIONS, by_name[DESCRIBES_SHARED_OPTIONS])
    sections = [_section(name, command, shared) for name, command in by_name.items()]
    return "\n".join([HEAD, *sections])


def _section(name: str, command: click.Command, shared: Lines) -> str:
    own = option_lines(name, command)
    named_only = (
        {} if name == DESCRIBES_SHARED_OPTIONS else {key: own[key] for key in own if shared.get(key) == own[key]}
    )
    context = click.Context(command, info_name=f"sla-compliance {name}")
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    blocks = [f"## {name}", f"`{usage}`", *_paragraphs(command.help or "")]
    table = list(_table({key: text for key, text in own.items() if key not in named_only}))
    if table:
        blocks.append("\n".join(table))
    if named_only:
        options = ", ".join(f"`{_option(key)}`" for key in named_only)
        blocks.append(f"As of [{DESCRIBES_SHARED_OPTIONS}](#{DESCRIBES_SHARED_OPTIONS}): {options}.")
    return "\n\n".join(blocks) + "\n"


def _table(lines: Lines) -> Iterator[str]:
    if lines:
        yield from ("| option | |", "|---|---|")
    for written, text in lines.items():
        yield f"| `{_cell(written)}` | {_cell(_plain(text))} |"


def _paragraphs(text: str) -> list[str]:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return [_plain(paragraph) for paragraph in paragraphs]


def _option(written: str) -> str:
    """Return an option without what it takes: `--zone` of `--zone NAME`."""
    return written.partition(" ")[0].rstrip(",")


def _plain(text: str) -> str:
    """Return a text of a help on one line, with nothing that a page takes for markup."""
    return re.sub(r"<([^>]*)>", r"\\<\1>", " ".join(text.split()))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def write() -> None:
    """Bring the page up to date."""
    PAGE.write_text(page_of_commands(), encoding="utf-8")


if __name__ == "__main__":
    write()
