"""`sla-compliance trend`: each period of a window beside the one before it, or the same of the year before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, get_args

import click

from sla_compliance.analysis import Change, trend
from sla_compliance.analysis.trends import Against, date_before, is_whole
from sla_compliance.calendars.periods import Period
from sla_compliance.cli.answer_options import answer_command, read_report
from sla_compliance.cli.evaluation import NOT_CONFIRMED
from sla_compliance.cli.option_groups import Decorator, applied, option_of
from sla_compliance.outlets.text import TERMINAL, clock_length, iso_date_span, iso_period, record_verdict
from sla_compliance.records import ComplianceRecord
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


@answer_command(EPILOG_OF_TREND, _which_options)
def command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """Compare each day, week, month, quarter or year of a window with the one before.

    FILE is an export of an alarms table, as of `report`. Only whole periods compare; the one in progress is compared
    with as much of the earlier one as had passed at the same time. Without --to the window ends with the period in
    progress, for whether that is lost depends on its time to come.
    """
    period = Period.of(options["period"])
    result, output = read_report(options, whole_period=period)
    report = result.whole
    changes = trend(report, period, against=options["against"])
    reasons = _reasons(changes, period, options["against"])
    output.write(
        document=lambda: {
            "period": options["period"],
            "against": options["against"],
            "changes": [_change_dict(report, change, reason) for change, reason in zip(changes, reasons, strict=True)],
        },
        rows=lambda: map(_csv_row, changes, reasons),
        table=lambda page: _page(page, output.title, report, period, zip(changes, reasons, strict=True)),
    )
    context.exit(NOT_CONFIRMED if report.is_of_empty_input else 0)


def _change_dict(report: ComplianceReport, change: Change, reason: str) -> dict[str, object]:
    """Return a change in JSON types, its records with what they follow from."""
    return {
        **change.as_dict(),
        "record": report.detailed_record(change.record),
        "before": None if change.before is None else report.detailed_record(change.before),
        "reason": reason,
    }


def _reasons(changes: Sequence[Change], period: Period, against: Against) -> list[str]:
    """Return for each period why it compares with nothing; empty where it compares."""
    record_by_first_date: dict[dt.date | None, ComplianceRecord] = {
        period.first_date(change.record.date): change.record for change in changes
    }
    reasons: list[str] = []
    for change in changes:
        # A period that the window cuts at its start is in the window, but nothing compares with it.
        before = change.before or record_by_first_date.get(date_before(change.record.date, period, against))
        reasons.append("" if change.is_comparable else _reason(change, before, period))
    return reasons


def _reason(change: Change, before: ComplianceRecord | None, period: Period) -> str:
    """Return why a period does not compare with the one before."""
    if before is None:
        return "the one before is not in the window"
    # What is to date is cut by the present, and not by the window.
    candidates = [before] if change.is_to_date else [change.record, before]
    for record in (change.record, before):
        if record.availability_ratio is None:
            return f"no data in {iso_date_span(record.date, record.last_date)}"
    cut = [record for record in candidates if not is_whole(record, period)]
    spans = " and ".join(iso_date_span(record.date, record.last_date) for record in cut)
    return f"{spans} {'is' if len(cut) == 1 else 'are'} cut by the window"


def _csv_row(change: Change, reason: str) -> dict[str, object]:
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
        "reason": reason,
    }


def _page(
    page: Page, title: str, report: ComplianceReport, period: Period, changes: Iterable[tuple[Change, str]]
) -> str:
    from sla_compliance.cli.answer_table import AnswerColumn, AnswerTable, answer_page  # noqa: PLC0415 - needs rich
    from sla_compliance.cli.table import STYLES, Notes, notes_table  # noqa: PLC0415

    table = AnswerTable(
        page,
        [
            AnswerColumn(
                period.name.capitalize() if page.is_wide else f"{period.name.capitalize()}\nfrom", is_text=True
            ),
            AnswerColumn("Avail."),
            AnswerColumn("Verdict", is_text=True),
            AnswerColumn("Points"),
            AnswerColumn("Down\nin 30 d", is_narrow=False),
            AnswerColumn("Remark", is_text=True, is_narrow=False),
        ],
    )
    for change, reason in changes:
        record = change.record
        to_date = "to date" if change.is_to_date else ""
        cells = [
            iso_period(record) if page.is_wide else record.date.isoformat(),
            TERMINAL.percentage(record.compliance_text),
            record_verdict(report, record, period),
            _points_text(change.points),
            TERMINAL.no_figure if change.down_per_30d_us is None else clock_length(_rounded_up(change.down_per_30d_us)),
            "; ".join(filter(None, (to_date, reason))),
        ]
        table.add_row(page.sign(record.verdict), cells, STYLES.get(record.verdict, ""))
    notes: Notes = {"Points": "percentage points of availability, more is better; down: for 30 days of counted time"}
    return answer_page(page, title, report, [table.table, notes_table(notes)])


def _points_text(points: Fraction | None) -> str:
    return TERMINAL.no_figure if points is None else f"{float(points):+.{_POINT_DECIMALS}f}"


def _rounded_up(length: Fraction) -> int:
    """Return an exact length rounded up to the microsecond."""
    return -(-length.numerator // length.denominator)
