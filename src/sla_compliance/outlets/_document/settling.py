"""What leaves a document's figures in doubt, row by row, and what would settle it."""

from __future__ import annotations

from dataclasses import dataclass

from sla_compliance.analysis.settlement import Settlement, settlement
from sla_compliance.certainty import INPUT_DOUBTS_IN_WORDS, DoubtCause
from sla_compliance.measured import DOUBT_PREFIX
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets.text import doubts_of
from sla_compliance.report import ComplianceReport

_OF_NO_ROW = (DoubtCause.UNMONITORED, DoubtCause.NOT_READ, *INPUT_DOUBTS_IN_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoint:
    """Something that leaves the figures in doubt.

    Attributes:
        subject: the row's id, or what is in doubt.
        advice: what would settle it.
        count: how many rows it stands for; 1 where it is no row's.
        at_stake_us: the time at stake, microseconds; None: not known.
        present_reading: what the row says now; empty: not known.
    """

    subject: str
    advice: str
    count: int = 1
    at_stake_us: int | None = None
    present_reading: str = ""


def open_points(composition: Composition) -> list[OpenPoint]:
    """Return what leaves the figures in doubt, the most urgent first."""
    report = composition.report
    points = _of_no_row(composition)
    if report is None:
        return [*points, *_rows_of_facts(composition)]
    return [*points, *_rows_of_report(composition, report)]


def _of_no_row(composition: Composition) -> list[OpenPoint]:
    """Return the doubts that no correction of a row can settle."""
    wording = composition.wording
    points: list[OpenPoint] = []
    for doubt in doubts_of(composition.figures, composition.total):
        if doubt.cause in _OF_NO_ROW:
            name = doubt.cause.lower()
            subject, advice = wording.say(f"subject_{name}"), wording.say(f"settle_{name}")
            points.append(OpenPoint(subject=subject, advice=advice, at_stake_us=doubt.length_us))
    return points


def _rows_of_report(composition: Composition, report: ComplianceReport) -> list[OpenPoint]:
    in_doubt: Settlement = settlement(report)
    points = [
        OpenPoint(
            subject=str(row.row_id),
            advice=_advice(composition, row.causes),
            at_stake_us=row.at_stake_us,
            present_reading=row.present_reading,
        )
        for row in in_doubt.rows
    ]
    if in_doubt.rows_without_id:
        points.append(_rows_without_id(composition, in_doubt.rows_without_id))
    return points


def _rows_of_facts(composition: Composition) -> list[OpenPoint]:
    """Return the rows in doubt that kept days name."""
    causes_by_name: dict[str, list[DoubtCause]] = {}
    unnamed_by_cause: dict[DoubtCause, int] = {}
    for fact in composition.figures.quality_facts:
        if not fact.code.startswith(DOUBT_PREFIX):
            continue
        cause = DoubtCause(fact.code.removeprefix(DOUBT_PREFIX))
        if cause in _OF_NO_ROW:
            continue
        if fact.name:
            causes = causes_by_name.setdefault(fact.name, [])
            if cause not in causes:
                causes.append(cause)
        else:
            # Several days may leave the same rows unnamed; the greatest number of one day counts.
            unnamed_by_cause[cause] = max(unnamed_by_cause.get(cause, 0), fact.count)
    points = [OpenPoint(subject=name, advice=_advice(composition, causes)) for name, causes in causes_by_name.items()]
    for cause, count in unnamed_by_cause.items():
        if count:
            subject = composition.wording.say("subject_unnamed", count=count)
            points.append(OpenPoint(subject=subject, advice=_advice(composition, [cause]), count=count))
    return points


def _rows_without_id(composition: Composition, count: int) -> OpenPoint:
    wording = composition.wording
    subject = wording.say("subject_without_id", count=count)
    return OpenPoint(subject=subject, advice=wording.say("settle_without_id"), count=count)


def _advice(composition: Composition, causes: list[DoubtCause] | tuple[DoubtCause, ...]) -> str:
    return composition.wording.say("separator").join(
        composition.wording.say(f"settle_{cause.lower()}") for cause in causes
    )
