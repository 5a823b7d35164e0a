"""`sla-compliance explain`: what cost a period its figure: decisive incidents, and shares of causes."""
################################################################
# Shares are of the values of a column. Without --by it is `resource_id` where the
# rows have one, else `id`; rows with neither have no shares.
#
# What the downtime would be without a value costs one more union of all rows, so only
# that of the first MOST_EFFECTS is computed.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from sla_compliance.analysis import Attribution, Share, attribution, decisive_incidents, effect_us
from sla_compliance.certainty import INPUT_DOUBTS_IN_WORDS
from sla_compliance.cli.answer_options import answer_command, read_report, unlisted_text
from sla_compliance.cli.messages import named_by_option
from sla_compliance.cli.option_groups import Decorator, applied, option_of
from sla_compliance.incidents import Incident
from sla_compliance.outlets.outcome_levels import OutcomeLevel
from sla_compliance.outlets.text import clock_length, counted, is_confirmed, key_name, total_verdict
from sla_compliance.records import Verdict
from sla_compliance.report import ComplianceReport

if TYPE_CHECKING:
    from sla_compliance.cli.table import Notes, Page

MOST_EFFECTS: Final = 5
_COLUMNS_BY_DEFAULT: Final = ("resource_id", "id")

EPILOG_OF_EXPLAIN: Final = """
\b
Examples:
  sla-compliance explain alarms.csv --zone Africa/Lagos --month 2026-10
  sla-compliance explain alarms.csv --zone Africa/Lagos --month 2026-10 --by alarm_type --format csv

Exit code: as of `report`: 0 met or at risk; 1 breached; 2 bad input; 3 not confirmed or no data.
"""

_which_options: Final[Decorator] = applied(
    option_of("Which shares")(
        "--by", metavar="COLUMN", help="Whose shares.  [default: resource_id where rows have it, else id]"
    ),
    option_of("Which shares")(
        "--top",
        type=click.IntRange(min=1),
        default=20,
        show_default=True,
        metavar="N",
        help="List the N largest shares and count the others.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What cost a period its figure.

    Attributes:
        report: of the period.
        decisive: the decisive incidents; None where nothing counted.
        shares: the shares of a column; None where the rows have none to share by.
        listed: the largest of the shares.
        effects_us: by how much the downtime would be shorter without each of the first of these.
    """

    report: ComplianceReport
    decisive: tuple[Incident, ...] | None
    shares: Attribution | None
    listed: Sequence[Share]
    effects_us: Sequence[int]

    @classmethod
    def of(cls, report: ComplianceReport, by: str | None, top: int) -> Explanation:
        """Return the explanation of a report.

        Args:
            by: the column of the shares; None: the one by default.
            top: how many shares to list.

        Raises:
            InvalidTypeError, InvalidValueError: the rows carry no column `by`, or it holds lists.
        """
        column = by or _column_by_default(report)
        shares = None if column is None else attribution(report, by=column)
        listed = () if shares is None else shares.first_rows(top)
        effects_us = [effect_us(report, [share.key], by=column or "") for share in listed[:MOST_EFFECTS]]
        return cls(
            report=report, decisive=decisive_incidents(report), shares=shares, listed=listed, effects_us=effects_us
        )

    @property
    def unlisted(self) -> int:
        """How many shares are not listed."""
        return 0 if self.shares is None else self.shares.total - len(self.listed)

    @property
    def decisive_sentence(self) -> str:
        """What is decisive, in words."""
        if self.decisive is None and self.report.total.verdict is Verdict.UNDETERMINED:
            return "nothing counted, so no outage is decisive"
        if self.decisive is None:
            return "none: without any outage the target would not have been met either"
        if not self.decisive:
            is_met = self.report.total.verdict is Verdict.MET
            return f"none: the target {'is' if is_met else 'can still be'} met"
        return f"without {counted(len(self.decisive), 'outage')} the target would have been met"

    def share_rows(self) -> Iterator[dict[str, object]]:
        """Yield the listed shares in JSON types, with the effect of the first ones."""
        for rank, share in enumerate(self.listed):
            effect = self.effects_us[rank] if rank < len(self.effects_us) else None
            yield {**share.as_dict(), "effect_us": effect}

    def as_dict(self) -> dict[str, object]:
        """Return the explanation in JSON types."""
        total = self.report.total
        shares = None
        if self.shares is not None:
            shares = {**self.shares.as_dict(limit=0), "rows": list(self.share_rows()), "total": self.shares.total}
        return {
            "verdict": total_verdict(self.report),
            "record": {**self.report.detailed_record(), "is_confirmed": is_confirmed(self.report, total)},
            "decisive_incidents": (
                None if self.decisive is None else [incident.as_dict() for incident in self.decisive]
            ),
            "attribution": shares,
        }


@answer_command(EPILOG_OF_EXPLAIN, _which_options)
def command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - checked by click, typed below
    """Say what cost a period its figure: the decisive incidents, and the share of each device, cause or alarm.

    FILE is an export of an alarms table, as of `report`.
    """
    result, output = read_report(options)
    with named_by_option(by="--by"):
        explanation = Explanation.of(result.whole, options["by"], options["top"])
    if explanation.shares is None:
        click.echo(
            "Note: rows have neither resource_id nor id, so there are no shares; --by COLUMN names another column",
            err=True,
        )
    if explanation.unlisted:
        click.echo(f"Note: {unlisted_text(explanation.unlisted, 'share', '--top')}", err=True)
    output.write(
        document=explanation.as_dict,
        rows=explanation.share_rows,
        table=lambda page: _page(page, output.title, explanation),
    )
    context.exit(result.exit_code(OutcomeLevel.UNCONFIRMED))


def _column_by_default(report: ComplianceReport) -> str | None:
    columns = report.qualifying.columns
    for name in _COLUMNS_BY_DEFAULT:
        if any(value is not None for value in columns.get(name, ())):
            return name
    return None


def _page(page: Page, title: str, explanation: Explanation) -> str:
    from rich.console import RenderableType  # noqa: PLC0415 - other formats need no rich

    from sla_compliance.cli.answer_table import answer_page, lines_of_text  # noqa: PLC0415
    from sla_compliance.cli.incident_table import incident_table  # noqa: PLC0415
    from sla_compliance.cli.table import notes_table  # noqa: PLC0415

    report = explanation.report
    explained_lines = report.total.explain().splitlines()
    if report.doubt_of_input is not None:
        # The record knows its own rows; the last line is of its confirmation.
        explained_lines[-1] = f"{total_verdict(report)}: {INPUT_DOUBTS_IN_WORDS[report.doubt_of_input]}"
    parts: list[RenderableType] = [
        lines_of_text(explained_lines),
        notes_table({"Decisive": explanation.decisive_sentence}),
    ]
    if explanation.decisive:
        parts.append(incident_table(page, explanation.decisive, ()))
    if explanation.shares is not None:
        parts += [_share_table(page, explanation, explanation.shares), notes_table(_share_notes(explanation))]
    return answer_page(page, title, report, parts)


def _share_table(page: Page, explanation: Explanation, shares: Attribution) -> Any:  # noqa: ANN401 - rich's table
    from sla_compliance.cli.answer_table import AnswerColumn, AnswerTable  # noqa: PLC0415 - needs rich

    headings = ("Owned", "Shared", "Gross")
    table = AnswerTable(
        page,
        [
            AnswerColumn(shares.by, is_text=True),
            AnswerColumn("Alarms", is_narrow=False),
            AnswerColumn("Unique"),
            *(AnswerColumn(heading, is_narrow=False) for heading in headings),
            AnswerColumn("Effect"),
        ],
    )
    for rank, share in enumerate(explanation.listed):
        lengths_us = (share.unique_us, share.owned_us, share.shared_us, share.gross_us)
        effect = clock_length(explanation.effects_us[rank]) if rank < len(explanation.effects_us) else ""
        table.add_row("", [key_name(share.key, None), f"{share.alarms:,}", *map(clock_length, lengths_us), effect])
    if shares.bridged_us:
        table.add_row("", ["(bridged gaps)", "", "", clock_length(shares.bridged_us), "", "", ""])
    return table.table


def _share_notes(explanation: Explanation) -> Notes:
    notes: Notes = {
        "Unique": "down for no other; owned: it was down first; effect: less downtime without it",
        "Downtime": f"{clock_length(explanation.report.total.downtime_us)} in all, which the owned times add up to",
    }
    if explanation.unlisted:
        notes["Cut"] = unlisted_text(explanation.unlisted, "share", "--top")
    return notes
