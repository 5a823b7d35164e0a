"""Documents of drawn worlds: every figure is the record's, and what adds up adds up."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from fractions import Fraction
from html import unescape
from itertools import pairwise
from math import ceil, floor
from typing import Any, TypeVar

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.analysis import budget, incident_costs
from sla_compliance.outlets import blocks, document, write_csv, write_html, write_json, write_pdf, write_xlsx
from sla_compliance.outlets.text import PAGE, record_verdict, total_verdict
from sla_compliance.testing.evaluation import report_of
from sla_compliance.testing.oracle.world import World
from sla_compliance.testing.worlds import worlds
from tests.outlets.pdf_files import bare, page_texts

PERIODS = (sla.Period.HOUR, sla.Period.DAY, sla.Period.WEEK, sla.Period.MONTH, sla.Period.rolling(2))
SECOND_US = 1_000_000

periods = st.sampled_from(PERIODS)
Block = TypeVar("Block", bound=blocks.Block)


def only(document_blocks: tuple[blocks.Block, ...], kind: type[Block], name: str = "") -> Block:
    """Return the one block of a kind, of tables the one of that name."""
    (block,) = [
        block
        for block in document_blocks
        if isinstance(block, kind) and (not name or getattr(block, "name", "") == name)
    ]
    return block


def section(made: blocks.Document, name: str) -> tuple[blocks.Block, ...]:
    """Return the blocks below a heading."""
    names = [block.name if isinstance(block, blocks.Heading) else "" for block in made.blocks]
    first = names.index(name) + 1
    after = next((place for place in range(first, len(names)) if names[place]), len(names))
    return made.blocks[first:after]


def values(row: blocks.Row | None) -> list[object]:
    """Return the values of a row."""
    assert row is not None
    return [cell.value for cell in row.cells]


def seconds_of(record: sla.ComplianceRecord) -> list[int]:
    """Return uptime cut and downtime rounded up, seconds."""
    return [record.uptime_us // SECOND_US, ceil(record.downtime_us / SECOND_US)]


@given(world=worlds(), period=periods)
def test_the_table_of_days_has_the_figures_of_the_records(world: World, period: sla.Period) -> None:
    """Percentages, lengths and verdicts are those of `by(period)`; the total is that of the whole window."""
    report = report_of(world)
    made = document(report, title="t", period=period)
    table = only(section(made, "days"), blocks.Table, "days")
    records = report.by(period)
    assert len(table.rows) == len(records) == len(made.records)
    for row, record in zip((*table.rows, table.total), (*records, report.total), strict=True):
        assert row is not None
        figures = values(row)
        assert figures[1] == record.compliance_percentage
        assert row.cells[1].text == PAGE.percentage(record.compliance_text)
        assert figures[2:4] == ([None, None] if record.availability_ratio is None else seconds_of(record))
    for row, record in zip(table.rows, records, strict=True):
        assert row.cells[5].text.startswith(record_verdict(report, record, period) or ("up to", PAGE.no_figure))
    assert table.total is not None
    assert table.total.cells[5].text.startswith(total_verdict(report))


@settings(max_examples=15)
@given(world=worlds())
def test_every_format_has_the_figures_of_the_days(world: World) -> None:
    """The text of PDF and HTML, the cells of XLSX by another library, CSV and JSON: all are the record's."""
    report = report_of(world)
    made = document(report, title="t")
    table = only(section(made, "days"), blocks.Table, "days")
    pdf_text = bare("".join(page_texts(write_pdf(made))))
    html_text = bare(unescape(re.sub("<[^>]+>", "", write_html(made).decode())))
    csv_rows = list(csv.DictReader(io.StringIO(write_csv(made).decode())))
    json_records = json.loads(write_json(made))["records"]
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(made)))
    sheet = next((sheet for sheet in book if sheet["A1"].value == "Day"), None)
    for place, (row, record) in enumerate(zip(table.rows, report.days, strict=True)):
        line = bare("".join(cell.text for cell in row.cells))
        assert line in pdf_text
        assert line in html_text
        percentage = record.compliance_percentage
        assert csv_rows[place]["compliance_percentage"] == ("" if percentage is None else str(percentage))
        assert json_records[place]["compliance_percentage"] == percentage
        assert sheet is not None
        cells: list[Any] = [cell.value for cell in sheet[place + 2]]
        figure, lengths = cells[1], cells[2:4]
        assert figure == percentage
        seconds = [None if length is None else round(length / timedelta(seconds=1)) for length in lengths]
        assert seconds == ([None, None] if record.availability_ratio is None else seconds_of(record))


@given(world=worlds())
def test_the_bridge_adds_up_from_all_time_to_the_contractual_figure(world: World) -> None:
    """Each sum is the one before it and the lines between; gross and contractual are the records'."""
    report = report_of(world)
    table = only(section(document(report, title="t"), "bridge"), blocks.Table)
    rows = [*table.rows, table.total]
    lengths = [[int(str(value)) for value in values(row)[1:3]] for row in rows]
    for column in (0, 1):
        steps = [row[column] for row in lengths]
        everything, not_in_service, hours, gross, maintenance, exclusions, accounting, contractual = steps
        assert everything + not_in_service + hours == gross
        assert gross + maintenance + exclusions + accounting == contractual
    assert lengths[3][::-1] == seconds_of(report.gross)
    assert lengths[7][::-1] == seconds_of(report.total)
    assert values(rows[3])[3] == report.gross.compliance_percentage
    assert values(rows[7])[3] == report.total.compliance_percentage


@given(world=worlds())
def test_summary_and_budget_have_the_figures_of_record_and_budget(world: World) -> None:
    """Availability, target, downtime, breached days and gross; allowed, spent, left and the share of it."""
    report = report_of(world)
    made = document(report, title="t")
    total = report.total
    summary = [figure.cell.value for figure in only(section(made, "summary"), blocks.Figures).figures]
    measured = any(day.availability_ratio is not None for day in report.days)
    downtime = seconds_of(total)[1] if measured else None
    assert summary[:2] == [total.compliance_percentage, total.target_percentage]
    assert summary[2:4] == [total_verdict(report), downtime]
    assert summary[4:] == [total.sla_breaches, report.gross.compliance_percentage]
    figures = [figure.cell.value for figure in only(section(made, "budget"), blocks.Figures).figures]
    error_budget = budget(report)
    assert figures[0] == floor(error_budget.allowed_us / SECOND_US)
    assert figures[1] == ceil(error_budget.spent_us / SECOND_US)
    assert figures[2] == floor(error_budget.left_us / SECOND_US)
    remaining = error_budget.remaining_ratio
    assert figures[3] == (None if remaining is None else floor(remaining * 10_000) / 100)


@given(world=worlds())
def test_outages_are_those_of_the_report_with_what_each_cost(world: World) -> None:
    """The dearest first, the decisive ones marked."""
    report = report_of(world)
    table = only(section(document(report, title="t"), "incidents"), blocks.Table, "incidents")
    costs = incident_costs(report)
    assert costs.total == len(table.rows) <= 50
    for row, cost in zip(table.rows, costs.rows, strict=True):
        figures = values(row)
        assert figures[0] == cost.incident.start
        assert figures[1] == cost.incident.end
        assert figures[4:6] == [cost.incident.alarm_count, ceil(Fraction(cost.incident.downtime_us, SECOND_US))]
        assert figures[6] == ceil(cost.budget_us / SECOND_US)
        assert (row.tone is blocks.Tone.BREACHED) == cost.is_decisive


@given(world=worlds(), period=periods)
def test_a_timeline_has_no_gaps_and_shows_all_counted_downtime(world: World, period: sla.Period) -> None:
    """Stretches touch, from 0 to 1, and neighbours differ; down exactly where downtime counts."""
    report = report_of(world)
    made = document(report, title="t", period=period, sections=["days"])
    timelines = [block for block in made.blocks if isinstance(block, blocks.Timeline)]
    assert len(timelines) == (1 if report.by(period) else 0)
    for timeline in timelines:
        for row in timeline.rows:
            assert row.stretches[0].start_share == 0
            assert row.stretches[-1].end_share == 1
            for left, right in pairwise(row.stretches):
                assert left.end_share == right.start_share
                assert left.kind is not right.kind
        kinds = {stretch.kind for row in timeline.rows for stretch in row.stretches}
        assert {entry.mark for entry in timeline.legend} == kinds
        assert (blocks.StretchKind.DOWN in kinds) == (report.total.downtime_us > 0)


@settings(max_examples=30)  # each makes two documents
@given(world=worlds(), period=periods, locale=st.sampled_from(["en", "fr"]))
def test_the_same_arguments_make_equal_documents_and_the_same_bytes(
    world: World, period: sla.Period, locale: str
) -> None:
    """A document knows no clock; CSV and JSON have no other order than its own."""
    first, second = (document(report_of(world), title="t", period=period, locale=locale) for _ in range(2))
    assert first == second
    assert write_json(first) == write_json(second)
    assert write_csv(first) == write_csv(second)
    points = [block.points for block in first.blocks if isinstance(block, blocks.Chart)]
    rows = only(section(first, "days"), blocks.Table, "days").rows
    assert [point.link_id for chart in points for point in chart] == [row.row_id for row in rows]
