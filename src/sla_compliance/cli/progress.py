"""How far reading long files has got: on a terminal only, and on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sla_compliance.outlets.text import printable

LONG_ROWS: Final = 20_000


class ReadingBar:
    """A bar for each file that turns out to be long."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, name: str, rows: int, share: float | None) -> None:
        """Show how far reading a file has got."""
        if rows < LONG_ROWS and name not in self._tasks:
            return
        description = f"{rows:,} rows of {printable(name)}"
        if name not in self._tasks:
            self._bars.start()
            # Without a total, as of standard input, the bar pulsates.
            self._tasks[name] = self._bars.add_task(description, total=None if share is None else 1.0)
        self._bars.update(self._tasks[name], completed=share or 0, description=description)


@contextmanager
def reading_bar() -> Iterator[ReadingBar]:
    """Show bars while files are read; they are gone when all is read."""
    bars = Progress(
        TextColumn("{task.description}", markup=False),  # a file's name is no markup
        BarColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    try:
        yield ReadingBar(bars)
    finally:
        bars.stop()


class RowsBar:
    """A bar for each step of a run over rows."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, rows: int, all_rows: int) -> None:
        """Show how many rows a step has done."""
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=all_rows)
        self._bars.update(self._tasks[step], completed=rows)


@contextmanager
def rows_bar() -> Iterator[RowsBar]:
    """Show a bar for each step of a run; they are gone when it is done."""
    columns = (
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} {task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield RowsBar(bars)


class KeysBar:
    """A bar of reports that are written one after the other."""

    def __init__(self, bars: Progress, keys: int) -> None:
        self._bars = bars
        self._task = bars.add_task("reports", total=keys)

    def advance(self) -> None:
        """Show that one more is done."""
        self._bars.advance(self._task)


@contextmanager
def keys_bar(keys: int) -> Iterator[KeysBar]:
    """Show a bar while the reports of so many keys are made; it is gone when all are."""
    columns = (TextColumn("{task.completed:,.0f} of {task.total:,.0f} reports"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield KeysBar(bars, keys)
