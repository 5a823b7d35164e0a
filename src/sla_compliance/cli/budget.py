"""`sla-compliance budget`: what is left of a period's error budget, until when, and how fast it is spent."""
################################################################
# The budget is that of the whole period, so the window has to reach to its end:
# --month does, and so does a --to in the future.
#
# Burn rates look back from now, as far as the window holds the time; of a period that
# is over there are none.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import click

from sla_compliance.analysis import ErrorBudget, ProjectedBudget, budget, burn_rate, projected_budget
from sla_compliance.cli.answer_options import answer_command, read_report
from sla_compliance.cli.option_groups import Decorator, applied, option_of
from sla_compliance.date_ranges import exact_window
from sla_compliance.errors import InvalidIntervalError, shown
from sla_compliance.outlets.outcome_levels import OutcomeLevel
from sla_compliance.outlets.text import counted, doubt_sentences
from sla_compliance.report import ComplianceReport
from sla_compliance.units import MICROSECOND, moment

if TYPE_CHECKING:
    from sla_compliance.cli.table import Page

_LOOKBACKS: Final[Mapping[str, timedelta]] = {
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
}
_MOST_ROWS_SHOWN: Final = 5
_OPTION: Final = "--if"
_EPOCH: Final = moment(0)

_Bounds = tuple[datetime, datetime]

EPILOG_OF_BUDGET: Final = """
\b
Examples:
  sla-compliance budget alarms.csv --zone Africa/Lagos --month 2026-10
  sla-compliance budget alarms.csv --zone Africa/Lagos --month 2026-10 --if 2026-10-20T01:00:00Z/2026-10-20T01:30:00Z

Exit code: as of `report`: 0 met or at risk; 1 breached, so the budget is overspent; 2 bad input; 3 not confirmed or
no data. What --if asks changes no exit code.
"""


def parse_spans(ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return (from, to) of texts such as "2026-10-20/2026-10-21"; a callback of click.

    Raises:
        BadParameter: a text has no two parts.
        SLAComplianceError: a part is neither a date nor a timestamp, or the second is not behind the first.
    """
    spans: list[tuple[str, str]] = []
    for text in texts:
        from_text, slash, to_text = text.partition("/")
        if not (from_text and slash and to_text):
            example = "2026-10-20/2026-10-21 or 2026-10-20T01:00:00Z/2026-10-20T01:30:00Z"
            raise click.BadParameter(f"{text!r} is no time; write it as {example}", ctx, param)
        # Checked before any row is read; the zone, which decides when a date begins, may stand in a database.
        _span((from_text, to_text), "UTC")
        spans.append((from_text, to_text))
    return tuple(spans)


def _span(texts: tuple[str, str], zone: str) -> _Bounds:
    """Return the bounds of an outage; the instant of now plays no part, since both texts are there."""
    return exact_window(*texts, zone=zone, now=_EPOCH, from_field=_OPTION, to_field=_OPTION)


_which_options: Final[Decorator] = applied(
    option_of("What if")(
        _OPTION,
        "spans",
        multiple=True,
        callback=parse_spans,
        metavar="FROM/TO",
        help="What is left if all of this time fails: dates, the last included, or timestamps; several times.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetAnswer:
    """The error budget of a period, and what follows.

    Attributes:
        report: of the period.
        budget: of it; it is not confirmed where no row was read.
        burn_rates: by how far they look back; None where nothing counted.
        outages: further outages that are asked about.
        projection: what is left with these; None where none is asked about.
    """

    report: ComplianceReport
    budget: ErrorBudget
    burn_rates: Mapping[str, Fraction | None]
    outages: Sequence[_Bounds]
    projection: ProjectedBudget | None

    @classmethod
    def of(cls, report: ComplianceReport, outages: Sequence[_Bounds]) -> BudgetAnswer:
        """Return the answer of a report.

        Args:
            outages: further ones, all within the period.
        """
        answer = budget(report)
        if report.is_of_empty_input:
            answer = replace(answer, is_confirmed=False)
        return cls(
            report=report,
            budget=answer,
            burn_rates=_burn_rates(report),
            outages=outages,
            projection=projected_budget(report, outages) if outages else None,
        )

    @property
    def _rates(self) -> dict[str, float | None]:
        return {name: None if rate is None else float(rate) for name, rate in self.burn_rates.items()}

    def as_dict(self) -> dict[str, object]:
        """Return the answer in JSON types."""
        spans = [{"start": start.isoformat(), "end": end.isoformat()} for start, end in self.outages]
        return {
            "budget": self.budget.as_dict(),
            "burn_rates": self._rates,
            "if": None if self.projection is None else {"outages": spans, **self.projection.as_dict()},
        }

    def as_row(self) -> dict[str, object]:
        """Return the answer as one row; burn rates that the window does not hold are empty."""
        rates = {name: self._rates.get(name) for name in _LOOKBACKS}
        names = ("added_seconds", "spent_seconds", "left_seconds", "verdict")
        projected = {} if self.projection is None else self.projection.as_dict()
        return {**self.budget.as_dict(), "burn_rate": rates, "if": {name: projected.get(name) for name in names}}


@answer_command(EPILOG_OF_BUDGET, _which_options)
def command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """Say how much of a period's error budget is left, until when an outage may last, and how fast it is spent.

    FILE is an export of an alarms table, as of `report`. The budget is that of the whole period: --month gives it while
    the month is in progress.
    """
    result, output = read_report(options)
    report = result.whole
    outages = [_span(texts, report.zone) for texts in options["spans"]]
    _check_inside(outages, report)
    answer = BudgetAnswer.of(report, outages)
    output.write(
        document=answer.as_dict,
        rows=lambda: [answer.as_row()],
        table=lambda page: _page(page, output.title, answer),
    )
    context.exit(result.exit_code(OutcomeLevel.UNCONFIRMED))


def _check_inside(outages: Iterable[_Bounds], report: ComplianceReport) -> None:
    """Check that outages share an instant with the period: another would cost nothing, and look harmless."""
    total = report.total
    for start, end in outages:
        if start >= total.end or end <= total.start:
            raise InvalidIntervalError(
                f"{_OPTION} is {shown(start.isoformat())} to {shown(end.isoformat())}, outside the period, which is"
                f" {total.start.isoformat()} to {total.end.isoformat()}; give time inside it",
                field=_OPTION,
            )


def _burn_rates(report: ComplianceReport) -> dict[str, Fraction | None]:
    """Return the burn rate of each lookback that the window holds; none where the window is over."""
    as_of_us, ledger = report.as_of_us, report.ledger
    if as_of_us > ledger.end_us:
        return {}
    held_us = as_of_us - ledger.start_us
    return {
        name: burn_rate(report, lookback) for name, lookback in _LOOKBACKS.items() if lookback // MICROSECOND <= held_us
    }


def _page(page: Page, title: str, answer: BudgetAnswer) -> str:
    from sla_compliance.cli.answer_table import answer_page, lines_of_text  # noqa: PLC0415 - needs rich
    from sla_compliance.cli.table import Notes, notes_table  # noqa: PLC0415

    notes: Notes = {}
    if answer.burn_rates:
        rates = [f"{name} {_rate_text(rate)}" for name, rate in answer.burn_rates.items()]
        notes["Burn rate"] = f"{', '.join(rates)}; 1 spends just the budget of the whole period"
    if answer.projection is not None:
        spans = [f"down {start.isoformat()} to {end.isoformat()}" for start, end in answer.outages]
        notes["If"] = [*spans, answer.projection.explain()]
    doubts = _doubt_lines(answer)
    if doubts:
        notes["In doubt"] = doubts
    lines = lines_of_text(answer.budget.explain().splitlines())
    return answer_page(page, title, answer.report, [lines, notes_table(notes)] if notes else [lines])


def _doubt_lines(answer: BudgetAnswer) -> list[str]:
    """Return what is in doubt, and the first of the rows."""
    lines = doubt_sentences(answer.report)
    names = answer.budget.because
    if names:
        more = len(names) + answer.budget.more_in_doubt - _MOST_ROWS_SHOWN
        listed = ", ".join(names[:_MOST_ROWS_SHOWN])
        lines.append(f"rows {listed} and {counted(more, 'more row')}" if more > 0 else f"rows {listed}")
    return lines


def _rate_text(rate: Fraction | None) -> str:
    return "no data" if rate is None else f"{float(rate):,.1f}"
