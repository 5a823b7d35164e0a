"""Small charts for notebooks: availability over time, and counts over time; several of them share one document."""
################################################################
# A notebook shows one chart many times, and a document may hold an id once. So these
# charts have no ids and refer to none: gaps are flat boxes, each marker is drawn
# where it stands, and a point is named by its title.
#
# As in chart.py, horizontal positions are percentages of the width, and the area is
# an inner picture that is stretched to it.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sla_compliance.drawing.chart import (
    DIAMOND,
    MARKED_KINDS,
    ChartPoint,
    PointKind,
    Scales,
    area_and_line,
    axis_floor,
    doubt_boxes,
    gap_boxes,
    target_line,
)
from sla_compliance.drawing.markup import Markup, element

_HEIGHT: Final = 104
_TOP: Final = 8
_BOTTOM: Final = _HEIGHT - 8
_AXIS_WIDTH: Final = 40


def small_chart(points: Sequence[ChartPoint], *, target_percentage: float, label: str, first: str, last: str) -> Markup:
    """Return the availability chart of some points, at least one.

    Args:
        points: in order of time, equally spaced; the label of each is shown where the pointer rests on it.
        target_percentage: where the dashed line is, 0 to 100.
        label: the accessible name of the chart.
        first, last: what stands below its ends.
    """
    floor_percentage = axis_floor(points, target_percentage)
    scales = Scales(
        point_count=len(points), floor_percentage=floor_percentage, top=_TOP, bottom=_BOTTOM, height=_HEIGHT
    )
    axis = _axis([(100, _TOP), (floor_percentage, _BOTTOM)], "%")
    picture = _picture(
        label,
        element("line", class_="grid", x2="100%", y1=_BOTTOM, y2=_BOTTOM),
        *gap_boxes(scales, points),
        *doubt_boxes(scales, points),
        area_and_line(scales, points),
        target_line(scales, target_percentage),
        *(_point(scales, index, point) for index, point in enumerate(points)),
    )
    return _frame(axis, picture, first, _key(points), last)


def _key(points: Sequence[ChartPoint]) -> str:
    """Return what the marks of a chart mean; those that it does not show are left out."""
    kinds = {point.kind for point in points}
    meanings = ["dashed: target"]
    if PointKind.BREACHED in kinds:
        meanings.append("filled diamond: breached")
    if PointKind.AT_RISK in kinds:
        meanings.append("hollow diamond: at risk")
    if any(point.percentage is None for point in points):
        meanings.append("no line: no data")
    if any(point.percentage is not None and point.is_doubtful for point in points):
        meanings.append("shaded: partly unknown")
    return ", ".join(meanings)


def bar_chart(counts: Sequence[int], *, label: str, first: str, last: str) -> Markup:
    """Return a chart with a bar for each count, at least one; the other arguments are as `small_chart` has them."""
    highest = max(*counts, 1)
    bars = [_bar(index, count / highest) for index, count in enumerate(counts) if count]
    picture = _picture(
        label,
        element("line", class_="grid", x2="100%", y1=_BOTTOM, y2=_BOTTOM),
        element(
            "svg",
            element("path", class_="bars", d="".join(bars)),
            viewBox=f"0 0 {len(counts)} {_HEIGHT}",
            preserveAspectRatio="none",
            aria_hidden="true",
        ),
    )
    return _frame(_axis([(highest, _TOP), (0, _BOTTOM)], ""), picture, first, "", last)


def _bar(index: int, share: float) -> str:
    """Return the path of a bar, one unit wide with a gap at its right."""
    height = round(share * (_BOTTOM - _TOP), 1)
    return f"M{index}.1 {_BOTTOM}v-{height:g}h.8v{height:g}z"


def _axis(levels: Sequence[tuple[int, int]], unit: str) -> Markup:
    """Return the names of some levels, each with its position."""
    labels = [element("text", f"{level:,}{unit}", x=_AXIS_WIDTH - 8, y=y + 4) for level, y in levels]
    return element("svg", *labels, class_="axis", width=_AXIS_WIDTH, height=_HEIGHT, aria_hidden="true")


def _picture(label: str, *contents: Markup) -> Markup:
    return element("svg", *contents, width="100%", height=_HEIGHT, role="img", aria_label=label)


def _frame(axis: Markup, picture: Markup, *texts: str) -> Markup:
    """Return a chart in its frame, with texts below it from left to right."""
    below = [element("span", text) for text in texts]
    plot = element("div", axis, picture, class_="plot")
    return element("div", plot, element("div", *below, class_="below"), class_="chart")


def _point(scales: Scales, index: int, point: ChartPoint) -> Markup:
    """Return the band of a point over the chart's whole height, with its title and its marker."""
    title = [element("title", point.label)] if point.label else []
    band = element("rect", x=scales.x(index), width=scales.x(1), height=_HEIGHT)
    contents = [*title, band]
    if point.percentage is not None and point.kind in MARKED_KINDS:
        shape = element("path", class_=f"marker {point.kind}", d=DIAMOND)
        x, y = scales.x(index + 0.5), scales.y(point.percentage)
        contents.append(element("svg", shape, x=x, y=y, width=1, height=1))
    return element("g", *contents, class_="band")
