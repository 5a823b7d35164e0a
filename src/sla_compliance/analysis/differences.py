"""Differences: what a later statement of a period changes, and from which rows that comes."""
################################################################
# Lengths move from cell to cell, none appear: the differences of a day sum to 0,
# as long as both statements have the day between the same bounds.
################################################################

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sla_compliance.analysis.findings import counted_rows
from sla_compliance.analysis.shown_values import first_facts
from sla_compliance.analysis.statements import Figure, Statement
from sla_compliance.canonical_input import ROW
from sla_compliance.checks import check_type, shown_names
from sla_compliance.drawing.preview import Preview, Previewed
from sla_compliance.errors import InvalidValueError
from sla_compliance.units import length_text


@dataclass(frozen=True, slots=True)
class RowChanges:
    """Which rows differ, by their ids; rows without one count together under None.

    Attributes:
        added, removed, changed: ids, ascending.
    """

    added: tuple[str | None, ...]
    removed: tuple[str | None, ...]
    changed: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Difference(Previewed):
    """What one statement changes of another.

    Attributes:
        days: the days whose cells differ, ascending, with what each cell gains or loses, microseconds.
        figures: the figures that differ: name, old and new.
        rows: the rows that differ; None where one of the statements does not keep its lines.
        verdict: the old and the new verdict where they differ, else None.
    """

    days: tuple[tuple[dt.date, Mapping[str, int]], ...]
    figures: tuple[tuple[str, Figure, Figure], ...]
    rows: RowChanges | None
    verdict: tuple[str, str] | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs, as far as it is known."""
        has_rows = self.rows is not None and bool(self.rows.added or self.rows.removed or self.rows.changed)
        return not self.days and not self.figures and not has_rows

    def as_dict(self) -> dict[str, object]:
        """Return the difference in JSON types."""
        rows = self.rows
        return {
            "days": [{"date": date.isoformat(), "cells_us": dict(cells)} for date, cells in self.days],
            "figures": [{"name": name, "old": old, "new": new} for name, old, new in self.figures],
            "rows": (
                None
                if rows is None
                else {"added": list(rows.added), "removed": list(rows.removed), "changed": list(rows.changed)}
            ),
            "verdict": None if self.verdict is None else list(self.verdict),
        }

    def explain(self) -> str:
        """Return the difference in words, one day, figure or kind of row a line."""
        if self.is_empty:
            return "nothing differs"
        lines = [f"{date.isoformat()} {_gains_text(cells)}" for date, cells in self.days]
        lines += [f"{name}: {old} -> {new}" for name, old, new in self.figures]
        if self.rows is None:
            lines.append("which rows differ is not known: a statement keeps the digest of its rows alone")
        else:
            lines += _lines_of_rows(self.rows)
        return "\n".join(lines)

    def _preview(self) -> Preview:
        heading = "nothing differs"
        if not self.is_empty:
            heading = f"{counted_rows(len(self.days), 'day')}, {counted_rows(len(self.figures), 'figure')}"
        verdicts = [] if self.verdict is None else [("verdict", " -> ".join(self.verdict))]
        days = [(date.isoformat(), _gains_text(cells)) for date, cells in self.days]
        figures = [(name, f"{old} -> {new}") for name, old, new in self.figures]
        rows = [("rows", "not known: a statement keeps their digest alone")]
        if self.rows is not None:
            kinds = (("added", self.rows.added), ("removed", self.rows.removed), ("changed", self.rows.changed))
            rows = [(f"rows {name}", shown_names(ids)) for name, ids in kinds if ids]
        return Preview(heading=heading, facts=[*verdicts, *first_facts(days), *first_facts(figures), *rows])


def _gains_text(cells: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {_signed(length)}" for name, length in cells.items())


def difference(old: Statement, new: Statement) -> Difference:
    """Return what one statement of a period changes of another.

    Raises:
        InvalidTypeError: one of both is no Statement.
        InvalidValueError: they are of different tenants, subjects or periods.
    """
    for name, value in (("old", old), ("new", new)):
        check_type(value, Statement, name, "a Statement")
    if (old.tenant, old.subject, old.start_us, old.end_us) != (new.tenant, new.subject, new.start_us, new.end_us):
        raise InvalidValueError("new is of another tenant, subject or period than old; give two of one", field="new")
    old_verdict, new_verdict = str(old.figures["verdict"]), str(new.figures["verdict"])
    return Difference(
        days=tuple(_days(old.day_cells, new.day_cells)),
        figures=tuple(_figures(old, new)),
        rows=None if old.lines is None or new.lines is None else _rows(old.lines, new.lines),
        verdict=None if old_verdict == new_verdict else (old_verdict, new_verdict),
    )


def _days(
    old: Mapping[str, Mapping[str, int]], new: Mapping[str, Mapping[str, int]]
) -> Iterable[tuple[dt.date, Mapping[str, int]]]:
    for date in sorted(old.keys() | new.keys()):
        old_cells, new_cells = old.get(date, {}), new.get(date, {})
        gains = {name: new_cells.get(name, 0) - old_cells.get(name, 0) for name in {**old_cells, **new_cells}}
        changed = {name: gain for name, gain in gains.items() if gain}
        if changed:
            yield dt.date.fromisoformat(date), changed


def _figures(old: Statement, new: Statement) -> Iterable[tuple[str, Figure, Figure]]:
    old_figures = {**old.figures, "policy": old.policy}
    new_figures = {**new.figures, "policy": new.policy}
    # Statements of two versions of the library may differ in the figures that they have.
    for name in {**new_figures, **old_figures}:
        old_figure, new_figure = old_figures.get(name), new_figures.get(name)
        if old_figure != new_figure:
            yield name, old_figure, new_figure


def _rows(old_lines: Sequence[str], new_lines: Sequence[str]) -> RowChanges:
    old_rows, new_rows = _rows_by_id(old_lines), _rows_by_id(new_lines)
    shared = old_rows.keys() & new_rows.keys()
    return RowChanges(
        added=_ascending(new_rows.keys() - shared),
        removed=_ascending(old_rows.keys() - shared),
        changed=_ascending(row_id for row_id in shared if old_rows[row_id] != new_rows[row_id]),
    )


def _rows_by_id(lines: Iterable[str]) -> dict[str | None, list[str]]:
    rows: dict[str | None, list[str]] = defaultdict(list)
    for line in lines:
        if line.startswith(f'["{ROW}",'):
            rows[json.loads(line)[1]].append(line)
    return rows


def _ascending(ids: Iterable[str | None]) -> tuple[str | None, ...]:
    return tuple(sorted(ids, key=lambda row_id: (row_id is not None, row_id or "")))


def _signed(length_us: int) -> str:
    return f"{'+' if length_us > 0 else '-'}{length_text(abs(length_us))}"


def _lines_of_rows(rows: RowChanges) -> Iterable[str]:
    for name, ids in (("added", rows.added), ("removed", rows.removed), ("changed", rows.changed)):
        if ids:
            yield f"rows {name}: {', '.join('(without id)' if row_id is None else row_id for row_id in ids)}"
