"""Options in groups, for a `--help` that can be read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

OTHER: Final = "Other"


class GroupedOption(click.Option):
    """An option that belongs to a group of the help.

    Attributes:
        group: the heading of its group.
    """

    def __init__(self, *args: Any, group: str, **kwargs: Any) -> None:  # noqa: ANN401 - click's own arguments
        super().__init__(*args, **kwargs)
        self.group = group


class GroupedCommand(click.Command):
    """A command whose help lists its options by group, in the order in which the groups first appear.

    Options without a group stand at the end.
    """

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        lines_by_group: dict[str, list[tuple[str, str]]] = {}
        for option in self.get_params(ctx):
            line = option.get_help_record(ctx) if isinstance(option, click.Option) else None
            if line is not None:
                group = option.group if isinstance(option, GroupedOption) else OTHER
                lines_by_group.setdefault(group, []).append(line)
        for group, lines in lines_by_group.items():
            with formatter.section(group):
                formatter.write_dl(lines)


def option_of(group: str) -> Callable[..., Decorator]:
    """Return `click.option` for the options of a group."""
    return partial(click.option, cls=GroupedOption, group=group)


def applied(*decorators: Decorator) -> Decorator:
    """Return one decorator for several options, which stand in the help in this order."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        # click lists the option first that is applied last.
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate
