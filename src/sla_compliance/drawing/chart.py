"""The availability chart: an area, a dashed target, gaps where nothing was measured, a link for each period."""
################################################################
# Horizontal positions are percentages of the width, vertical ones are pixels.
# So the chart fits any screen without a script. The area is an inner picture,
# one unit wide for each point, that is stretched to the width.
#
# Each period is a plateau, with a step to the next one: no curve invents values
# between two. Breached periods carry a filled diamond, periods at risk a hollow
# one. Each period links to an element of the page, such as its row in a table.
#
# The cost is linear in the points: what depends on all of them, the floor of the
# axis, is computed once for a chart.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from sla_compliance.drawing.markup import Markup, element, join_markup

HEIGHT: Final = 300
TOP: Final = 14
BOTTOM: Final = HEIGHT - 34
_AXIS_WIDTH: Final = 44
# Where the axis may begin, percent; the highest that fits is taken. Steps from each to 100 are whole numbers.
_FLOORS: Final = (95, 90, 80, 50, 0)
_AXIS_STEPS: Final = 5
_MOST_DATES: Final = 12  # below a wide chart; a narrow one shows every third of them
DIAMOND: Final = "M0-5.5L5.5 0L0 5.5L-5.5 0Z"

Position = tuple[float, float]
"""In the area's picture: points from the left edge of the first, pixels from the top."""


class PointKind(StrEnum):
    """What a point of the chart says of its period."""

    MET = "met"
    AT_RISK = "at-risk"
    BREACHED = "breached"
    NOT_MEASURED = "not-measured"


MARKED_KINDS: Final = (PointKind.BREACHED, PointKind.AT_RISK)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPoint:
    """What the chart shows of one period.

    Attributes:
        label: a short date for the axis.
        percentage: availability, 0 to 100; None where nothing was measured.
        kind: whether the point has a marker, and which.
        is_doubtful: whether some of the period is unknown; it is hatched.
        link_id: id of the element that the point links to, and whose text names it; empty where a chart has no links.
    """

    label: str
    percentage: float | None
    kind: PointKind
    link_id: str = ""
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """Turns places among the points, and percentages, into positions in the chart.

    Attributes:
        point_count: at least 1.
        floor_percentage: where the axis begins.
        top, bottom: where 100 % and the floor are, pixels from the top.
        height: of the whole picture, pixels.
    """

    point_count: int
    floor_percentage: int
    top: int = TOP
    bottom: int = BOTTOM
    height: int = HEIGHT

    def x(self, place: float) -> str:
        """Return the horizontal position of a place among the points; the middle of a point is its index + 0.5."""
        return f"{place / self.point_count * 100:.4g}%"

    def y(self, percentage: float) -> float:
        """Return the vertical position of a percentage, pixels from the top."""
        share = (percentage - self.floor_percentage) / (100 - self.floor_percentage)
        return round(self.bottom - share * (self.bottom - self.top), 1)


def chart(points: Sequence[ChartPoint], *, target_percentage: float, tick_texts: Sequence[str], label: str) -> Markup:
    """Return the chart of some points, at least one.

    Args:
        points: in order of time, equally spaced.
        target_percentage: where the dashed line is, 0 to 100.
        tick_texts: the percentages of `axis_ticks`, as people read them.
        label: the accessible name of the chart.
    """
    scales = Scales(point_count=len(points), floor_percentage=axis_floor(points, target_percentage))
    axis = element("svg", _axis(scales, tick_texts), width=str(_AXIS_WIDTH), height=HEIGHT, aria_hidden="true")
    picture = element(
        "svg",
        _definitions(),
        *_grid(scales),
        *gap_boxes(scales, points),
        *doubt_boxes(scales, points),
        area_and_line(scales, points),
        target_line(scales, target_percentage),
        *_dates(scales, points),
        *(_link(scales, index, point) for index, point in enumerate(points)),
        width="100%",
        height=HEIGHT,
        role="group",
        aria_label=label,
    )
    return element("div", axis, picture, class_="plot")


def axis_floor(points: Sequence[ChartPoint], target_percentage: float) -> int:
    """Return where the axis begins, percent: 95, or lower where a point or the target is."""
    percentages = [point.percentage for point in points if point.percentage is not None]
    lowest = min([target_percentage, *percentages])
    return next(floor for floor in _FLOORS if floor <= lowest)


def axis_ticks(floor_percentage: int) -> list[int]:
    """Return the percentages that an axis names, the floor first.

    >>> axis_ticks(95)
    [95, 96, 97, 98, 99, 100]
    """
    step = (100 - floor_percentage) // _AXIS_STEPS
    return [floor_percentage + number * step for number in range(_AXIS_STEPS + 1)]


def swatch(kind: str) -> Markup:
    """Return what stands beside a word of the legend: "line", "target", "gap", "doubt", or a marker's kind."""
    shapes = {
        "line": element("path", class_="line", d="M1 4H17"),
        "target": element("path", class_="target", d="M0 6H18"),
        "gap": element("rect", class_="gap", width=18, height=12),
        "doubt": element("rect", class_="doubt", width=18, height=12),
    }
    shape = shapes.get(kind) or element("use", href=f"#{kind}", x=9, y=6)
    return element("svg", shape, width=18, height=12, aria_hidden="true")


def _definitions() -> Markup:
    """Return what the picture refers to by id: the area's gradient, the hatch of gaps, the markers."""
    stops = (element("stop", class_="top"), element("stop", offset="1", class_="bottom"))
    gradient = element("linearGradient", *stops, id="area", x2="0", y2="1")
    hatch = element(
        "pattern",
        element("path", class_="stripe", d="M0 0V6"),
        id="hatch",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    markers = [element("path", id=kind, class_=f"marker {kind}", d=DIAMOND) for kind in MARKED_KINDS]
    return element("defs", gradient, hatch, *markers)


def _axis(scales: Scales, tick_texts: Sequence[str]) -> Markup:
    ticks = axis_ticks(scales.floor_percentage)
    return join_markup(
        element("text", text, x=_AXIS_WIDTH - 8, y=scales.y(tick) + 4)
        for tick, text in zip(ticks, tick_texts, strict=True)
    )


def _grid(scales: Scales) -> list[Markup]:
    levels = [scales.y(tick) for tick in axis_ticks(scales.floor_percentage)]
    return [element("line", class_="grid", x2="100%", y1=level, y2=level) for level in levels]


def target_line(scales: Scales, target_percentage: float) -> Markup:
    """Return the dashed line of the target."""
    level = scales.y(target_percentage)
    return element("line", class_="target", x2="100%", y1=level, y2=level)


def _dates(scales: Scales, points: Sequence[ChartPoint]) -> list[Markup]:
    """Return dates below the chart, counted from the last point; most are hidden on narrow screens."""
    last, *others = dated_points(len(points))
    # The last date ends at the edge of the chart. Centred below its point it would be cut.
    dates = [_date(scales.x(last + 1), points[last].label, "end")]
    for rank, index in enumerate(others, start=1):
        is_hidden_when_narrow = rank % 3 != 0
        dates.append(_date(scales.x(index + 0.5), points[index].label, "fine" if is_hidden_when_narrow else None))
    return dates


def dated_points(point_count: int) -> range:
    """Return the points that have their date below a wide chart, the last one first."""
    last = point_count - 1
    step = last // _MOST_DATES + 1
    return range(last, -1, -step)


def _date(x: str, label: str, class_: str | None) -> Markup:
    return element("text", label, class_=class_, x=x, y=BOTTOM + 22)


def gap_boxes(scales: Scales, points: Sequence[ChartPoint]) -> list[Markup]:
    """Return a hatched box over each run of points that were not measured."""
    return _boxes(scales, [point.percentage is None for point in points], "gap")


def doubt_boxes(scales: Scales, points: Sequence[ChartPoint]) -> list[Markup]:
    """Return a hatched box over each run of measured points of which some is unknown."""
    return _boxes(scales, [point.percentage is not None and point.is_doubtful for point in points], "doubt")


def _boxes(scales: Scales, is_boxed: Sequence[bool], class_: str) -> list[Markup]:
    """Return a box over each run of neighbouring points that have one."""
    return [_box(scales, run, class_) for run in boxed_runs(is_boxed)]


def boxed_runs(is_boxed: Sequence[bool]) -> list[range]:
    """Return the runs of neighbouring points that are in a box."""
    runs: list[range] = []
    for index, has_box in enumerate(is_boxed):
        if not has_box:
            continue
        if runs and runs[-1].stop == index:
            runs[-1] = range(runs[-1].start, index + 1)
        else:
            runs.append(range(index, index + 1))
    return runs


def _box(scales: Scales, run: range, class_: str) -> Markup:
    x, width = scales.x(run.start), scales.x(len(run))
    return element("rect", class_=class_, x=x, y=scales.top, width=width, height=scales.bottom - scales.top)


def area_and_line(scales: Scales, points: Sequence[ChartPoint]) -> Markup:
    """Return the area over the measured points, and the line on it, stretched over the whole picture."""
    areas, lines = [], []
    for run in _measured_runs(scales, points):
        line = _line(run)
        left_edge = run[0][0] - 0.5
        lines.append(line)
        areas.append(f"{line}V{scales.bottom}H{left_edge:g}Z")
    return element(
        "svg",
        element("path", class_="area", d="".join(areas)),
        element("path", class_="line", d="".join(lines)),
        viewBox=f"0 0 {len(points)} {scales.height}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _measured_runs(scales: Scales, points: Sequence[ChartPoint]) -> list[list[Position]]:
    """Return the positions of the measured points, a list for each run without a gap."""
    runs: list[list[Position]] = []
    is_in_run = False
    for index, point in enumerate(points):
        if point.percentage is None:
            is_in_run = False
            continue
        if not is_in_run:
            runs.append([])
            is_in_run = True
        runs[-1].append((index + 0.5, scales.y(point.percentage)))
    return runs


def _line(run: Sequence[Position]) -> str:
    """Return the path through points one unit apart: a plateau for each, a step between two."""
    first_x, first_y = run[0]
    commands = [f"M{_numbers(first_x - 0.5, first_y)}H{first_x + 0.5:g}"]
    for (_, level_before), (x, level) in pairwise(run):
        step = "" if level == level_before else f"V{_numbers(level)}"
        commands.append(f"{step}H{x + 0.5:g}")
    return "".join(commands)


def _numbers(*values: float) -> str:
    return " ".join(f"{round(value, 2):g}" for value in values)


def _link(scales: Scales, index: int, point: ChartPoint) -> Markup:
    """Return the link of a point over the chart's whole height, with the point's marker."""
    band = element("rect", x=scales.x(index), width=scales.x(1), height=BOTTOM)
    contents = [band]
    if point.percentage is not None and point.kind in MARKED_KINDS:
        marker = element("use", href=f"#{point.kind}", x=scales.x(index + 0.5), y=scales.y(point.percentage))
        contents.append(marker)
    return element("a", *contents, href=f"#{point.link_id}", aria_labelledby=point.link_id)
