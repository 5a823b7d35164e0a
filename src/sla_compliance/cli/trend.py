"""`sla-compliance trend`: each period of a window beside the one before it, or the same of the year before."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, get_args

import click

from sla_compliance.analysis import Change, trend
from sla_compliance.analysis.trends import Against
from sla_compliance.calendars.periods import Period
from sla_compliance.cli.agreement_options import agreement_options
from sla_compliance.cli.answer_options import FORMATS_OF_ANSWERS, output_options, read_report
from sla_compliance.cli.evaluation import NOT_CONFIRMED
from sla_compliance.cli.option_groups import Decorator, GroupedCommand, applied, option_of
from sla_compliance.cli.row_options import row_options
from sla_compliance.outlets.text import TERMINAL, clock_length, iso_date_span, iso_period, record_verdict
from sla_compliance.report import ComplianceReport

if TYPE_CHECKING:
    from sla_compliance.cli.table import Page

_PERIODS: Final = ("day", "week", "month", "quarter", "year")
_POINT_DECIMALS: Final = 4

EPILOG_OF_TREND: Final = """
\b
Examples:
  sla-compliance trend alarms.csv --zone Africa/Lagos --from 2026-08-01 --to 2026-10-31
  sla-compliance trend alarms.csv --zone Africa/Lagos --from 2025-10-01 --period week --against year --format csv

Exit code: 0, whatever the verdict; 2 bad input; 3 no rows were read.
"""

_which_options: Final[Decorator] = applied(
    option_of("Which periods")(
        "--period", type=click.Choice(_PERIODS), default="month", show_default=True, help="What is compared."
    ),
    option_of("Which periods")(
        "--against",
        type=click.Choice(get_args(Against)),
        default="previous",
        show_default=True,
        help="With the period before, or with the same of the year before, of weeks the 52nd before.",
    ),
)


@click.command(cls=GroupedCommand, epilog=EPILOG_OF_TREND)
@agreement_options
@row_options
@_which_options
@output_options(FORMATS_OF_ANSWERS)
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """Compare each day, week, month, quarter or year of a window with the one before.

    FILE is an export of an alarms table, as of `report`. Only whole periods compare; the one in progress is compared
    with as much of the earlier one as had passed at the same time.
    """
    result, output = read_report(options)
    report, period = result.whole, Period.of(options["period"])
    changes = trend(report, period, against=options["against"])
    output.write(
        document=lambda: {
            "period": options["period"],
            "against": options["against"],
            "changes": [{**change.as_dict(), "reason": _reason(change)} for change in changes],
        },
        rows=lambda: map(_csv_row, changes),
        table=lambda page: _page(page, output.title, report, period, changes),
    )
    context.exit(NOT_CONFIRMED if report.is_of_empty_input else 0)


def _reason(change: Change) -> str:
    """Return why a period compares with nothing; empty where it compares."""
    if change.is_comparable:
        return ""
    if change.before is None:
        return "the one before is not in the window"
    for record in (change.record, change.before):
        if record.availability_ratio is None:
            return f"no data in {iso_date_span(record.date, record.last_date)}"
    return f"this or {iso_date_span(change.before.date, change.before.last_date)} is cut by the window"


def _csv_row(change: Change) -> dict[str, object]:
    record, before, lengths = change.record, change.before, change.as_dict()
    return {
        "date": record.date.isoformat(),
        "last_date": record.last_date.isoformat(),
        "compliance_percentage": record.compliance_percentage,
        "verdict": str(record.verdict),
        "downtime_us": record.downtime_us,
        "before_date": None if before is None else before.date.isoformat(),
        "before_compliance_percentage": None if before is None else before.compliance_percentage,
        "is_comparable": change.is_comparable,
        "is_to_date": change.is_to_date,
        **{name: lengths[name] for name in ("points", "down_per_30d_seconds", "before_down_per_30d_seconds")},
        "reason": _reason(change),
    }


def _page(page: Page, title: str, report: ComplianceReport, period: Period, changes: Sequence[Change]) -> str:
    from sla_compliance.cli.answer_table import AnswerColumn, AnswerTable, answer_page  # noqa: PLC0415 - needs rich
    from sla_compliance.cli.table import STYLES, Notes, notes_table  # noqa: PLC0415

    table = AnswerTable(
        page,
        [
            AnswerColumn(period.name.capitalize(), is_text=True),
            AnswerColumn("Avail."),
            AnswerColumn("Verdict", is_text=True),
            AnswerColumn("Points"),
            AnswerColumn("Down\nin 30 d", is_narrow=False),
            AnswerColumn("Remark", is_text=True, is_narrow=False),
        ],
    )
    for change in changes:
        record = change.record
        to_date = "to date" if change.is_to_date else ""
        cells = [
            iso_period(record),
            TERMINAL.percentage(record.compliance_text),
            record_verdict(report, record, period),
            _points_text(change.points),
            TERMINAL.no_figure if change.down_per_30d_us is None else clock_length(_rounded_up(change.down_per_30d_us)),
            "; ".join(filter(None, (to_date, _reason(change)))),
        ]
        table.add_row(page.sign(record.verdict), cells, STYLES.get(record.verdict, ""))
    notes: Notes = {"Points": "percentage points of availability, more is better; down: for 30 days of counted time"}
    return answer_page(page, title, report, [table.table, notes_table(notes)])


def _points_text(points: Fraction | None) -> str:
    return TERMINAL.no_figure if points is None else f"{float(points):+.{_POINT_DECIMALS}f}"


def _rounded_up(length: Fraction) -> int:
    """Return an exact length rounded up to the microsecond."""
    return -(-length.numerator // length.denominator)
