"""The data quality of a document: what to know of the rows, what is in doubt, and what would settle it."""

from __future__ import annotations

from typing import Final

from sla_compliance.certainty import Doubt
from sla_compliance.measured import FactCode
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets._document.settling import open_points
from sla_compliance.outlets._document.wording import Wording, no_figure, text_cell
from sla_compliance.outlets.blocks import Block, CellKind, Column, Heading, Note, Row, Table, Tone
from sla_compliance.outlets.text import doubts_of, whole_seconds_up
from sla_compliance.quality import QualityStatement, quality_statements
from sla_compliance.units import SECOND_US

MOST_OPEN_POINTS: Final = 100
_NAMED_CODES: Final = frozenset(
    {
        FactCode.CUT_DATE,
        FactCode.ASSUMPTION,
        FactCode.CORRECTED,
        FactCode.UNUSED_CORRECTION,
        FactCode.LEGACY,
        FactCode.UNMATCHED_EXCLUSION,
        FactCode.REFUSED_WORK,
        FactCode.LATE_WORK,
    }
)


def quality_section(composition: Composition) -> list[Block]:
    """Return the sentences of data quality, the causes of doubt, and the rows to settle with advice."""
    wording = composition.wording
    heading = Heading(text=wording.say("heading_quality"), name="quality")
    statements = quality_statements(composition.figures.quality_facts)
    sentences = tuple(quality_sentence(wording, statement) for statement in statements)
    doubts = doubts_of(composition.figures, composition.total)
    blocks: list[Block] = [heading]
    if sentences or not doubts:
        blocks.append(Note(sentences=sentences or (wording.say("quality_none"),)))
    if doubts:
        blocks += [_doubts(composition, doubts), _points(composition)]
    return blocks


def quality_sentence(wording: Wording, statement: QualityStatement) -> str:
    """Return what a statement says; names, and sentences that rows or earlier versions left, stand as they are."""
    code = statement.code
    name = f"quality_{code.lower()}"
    if code in _NAMED_CODES:
        if statement.name:
            return wording.say(name, name=statement.name)
        say = wording.say_about if statement.is_about else wording.say
        return say(f"{name}_unnamed", count=statement.count)
    if code == FactCode.TARGETED_EXCLUSION:
        return _taken_out(wording, statement)
    if code == FactCode.NO_ROWS:
        return wording.say("doubt_no_rows")
    if code not in set(FactCode):
        return wording.say("quality_later", count=statement.count, code=code)
    return _rows(wording, statement, name)


def _rows(wording: Wording, statement: QualityStatement, name: str) -> str:
    length = wording.seconds(whole_seconds_up(statement.length_us) // SECOND_US)
    downtime = wording.say("some_downtime", length=length) if statement.length_us else wording.say("without_downtime")
    say = wording.say_about if statement.is_about else wording.say
    sentence = say(name, count=statement.count, downtime=downtime)
    if statement.is_counted_alone:
        return sentence
    row = statement.name or wording.say("quality_no_name")
    return wording.say("quality_row" if statement.count == 1 else "quality_first_row", sentence=sentence, row=row)


def _taken_out(wording: Wording, statement: QualityStatement) -> str:
    exclusion = statement.name or wording.say("other_exclusions")
    length = wording.seconds(whole_seconds_up(statement.length_us) // SECOND_US)
    name = "quality_targeted_exclusion_at_least" if statement.is_about else "quality_targeted_exclusion"
    return wording.say(name, exclusion=exclusion, count=statement.count, length=length)


def _doubts(composition: Composition, doubts: tuple[Doubt, ...]) -> Table:
    wording, total = composition.wording, composition.total
    columns = (
        Column(key="cause", heading=wording.say("doubt_cause")),
        Column(key="rows", heading=wording.say("doubt_rows"), kind=CellKind.COUNT),
        Column(key="at_stake", heading=wording.say("at_most"), kind=CellKind.LENGTH),
    )
    rows: list[Row] = []
    for doubt in doubts:
        cause = wording.say(f"doubt_{doubt.cause.lower()}", count=doubt.rows)
        count = wording.count(doubt.rows) if doubt.rows else no_figure(CellKind.COUNT)
        length = wording.most_cell(doubt.length_us) if doubt.length_us else no_figure(CellKind.LENGTH)
        rows.append(Row(cells=(text_cell(cause), count, length), tone=Tone.UNCERTAIN))
    possible_range, note = wording.possible_range(total), ""
    if possible_range is not None:
        low, high = map(wording.formats.percentage, possible_range)
        note = wording.say("doubt_bounds", low=low, high=high)
    caption = wording.say("caption_doubts")
    return Table(name="doubts", columns=columns, rows=tuple(rows), caption=caption, note=note)


def _points(composition: Composition) -> Table:
    wording = composition.wording
    points = open_points(composition)
    columns = (
        Column(key="subject", heading=wording.say("point_subject")),
        Column(key="advice", heading=wording.say("point_advice")),
        Column(key="at_stake", heading=wording.say("at_most"), kind=CellKind.LENGTH),
        Column(key="present_reading", heading=wording.say("point_reading")),
    )
    rows: list[Row] = []
    for point in points[:MOST_OPEN_POINTS]:
        length = wording.most_cell(point.at_stake_us) if point.at_stake_us else no_figure(CellKind.LENGTH)
        cells = (text_cell(point.subject), text_cell(point.advice), length, text_cell(point.present_reading))
        rows.append(Row(cells=cells, tone=Tone.UNCERTAIN))
    unlisted = sum(point.count for point in points[MOST_OPEN_POINTS:])
    note = wording.say("points_more", count=unlisted) if unlisted else ""
    caption = wording.say("caption_settle")
    return Table(name="settle", columns=columns, rows=tuple(rows), caption=caption, note=note)
