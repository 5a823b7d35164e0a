"""The native chart of a workbook: availability by period, and the target as a dashed line."""
################################################################
# A chart draws cells. They are those of the table whose rows its points link to: its
# first column, and its first percentage. The target has a column of its own behind
# that table.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from sla_compliance.drawing.chart import PointKind, axis_floor
from sla_compliance.outlets._xlsx.sheet import BookSheet
from sla_compliance.outlets._xlsx.styles import DATE_FORMAT, TABLE_CELL, TABLE_HEAD, paper_colour
from sla_compliance.outlets._xlsx.texts import cell_text
from sla_compliance.outlets.blocks import CellKind, Chart, Row, Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart as NativeChart

CHART_WIDTH: Final = 720
CHART_HEIGHT: Final = 320
_COLOUR_OF_KIND: Final = {
    PointKind.MET: "up",
    PointKind.AT_RISK: "risk",
    PointKind.BREACHED: "down",
    PointKind.NOT_MEASURED: "edge",
}


def is_drawn(chart: Chart, table: Table) -> bool:
    """Return whether the points of a chart are the rows of a table."""
    row_ids = {row.row_id for row in table.rows if row.row_id}
    is_linked = any(point.link_id in row_ids for point in chart.points)
    return is_linked and any(column.kind is CellKind.PERCENTAGE for column in table.columns)


def write_target_column(sheet: BookSheet, chart: Chart, table: Table, rows: int) -> None:
    """Write the target behind the columns of a table whose head is the first row of the sheet."""
    column = len(table.columns)
    sheet.write_text(0, column, _target_text(chart), {**TABLE_HEAD, "align": "right"})
    for row in range(1, rows + 1):
        sheet.write(row, column, chart.target, TABLE_CELL)


def native_chart(workbook: Workbook, chart: Chart, table: Table, rows: Sequence[Row], sheet_name: str) -> NativeChart:
    """Return the chart of the rows of a table on a sheet, with the column that `write_target_column` wrote."""
    last_row = len(rows)
    kinds = [column.kind for column in table.columns]
    figure_column = kinds.index(CellKind.PERCENTAGE)
    kind_of_row = {point.link_id: point.kind for point in chart.points}
    colours = [_COLOUR_OF_KIND[kind_of_row.get(row.row_id, PointKind.MET)] for row in rows]
    bars = _added_chart(workbook, "column")
    bars.add_series(
        {
            "name": [sheet_name, 0, figure_column],
            "categories": [sheet_name, 1, 0, last_row, 0],
            "values": [sheet_name, 1, figure_column, last_row, figure_column],
            "points": [{"fill": {"color": paper_colour(colour)}} for colour in colours],
            "fill": {"color": paper_colour("up")},
            "gap": 12,
        }
    )
    target_column = len(table.columns)
    line = _added_chart(workbook, "line")
    line.add_series(
        {
            "name": [sheet_name, 0, target_column],
            "categories": [sheet_name, 1, 0, last_row, 0],
            "values": [sheet_name, 1, target_column, last_row, target_column],
            "line": {"color": paper_colour("ink"), "width": 1.25, "dash_type": "dash"},
        }
    )
    bars.combine(line)
    _set_axes(bars, chart)
    return bars


def _added_chart(workbook: Workbook, kind: str) -> NativeChart:
    # xlsxwriter returns None for a kind that it does not know; these it knows.
    return cast("NativeChart", workbook.add_chart({"type": kind}))


def _set_axes(bars: NativeChart, chart: Chart) -> None:
    target = chart.target.value
    target_percentage = float(target) if isinstance(target, int | float) else 100.0
    floor_percentage = axis_floor(chart.points, target_percentage)
    grid = {"visible": True, "line": {"color": paper_colour("line"), "width": 0.75}}
    bars.set_y_axis({"min": floor_percentage, "max": 100, "num_format": '0" %"', "major_gridlines": grid})
    bars.set_x_axis({"num_format": DATE_FORMAT, "text_axis": True, "num_font": {"rotation": -45}})
    bars.set_title({"none": True})
    bars.set_legend({"position": "bottom"})
    bars.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})


def _target_text(chart: Chart) -> str:
    texts = [entry.text for entry in chart.legend if entry.mark == "target"]
    return cell_text(texts[0] if texts else chart.target.text)
