"""A chart of lines on two logarithmic axes, as an SVG picture with its colours, light and dark, and its text."""
################################################################
# Every line has its name at its right end, so that no colour has to be known; names
# that would overlap are moved apart. Colours are those of the palette. The same lines
# make the same bytes.
################################################################

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sla_compliance.drawing.markup import Markup, element, join_markup
from sla_compliance.drawing.palette import PALETTE_CSS

WIDTH: Final = 790
HEIGHT: Final = 440
LEFT: Final = 64
RIGHT: Final = 530
TOP: Final = 44
BOTTOM: Final = HEIGHT - 52
LABEL_X: Final = RIGHT + 18
LABEL_HEIGHT: Final = 17
_STYLE: Final = f"""{PALETTE_CSS}
text {{ font: 12px system-ui, sans-serif; fill: var(--ink); }}
.page {{ fill: var(--surface); }}
.grid {{ stroke: var(--line); }}
.axis {{ fill: var(--muted); text-anchor: middle; }}
.level {{ fill: var(--muted); text-anchor: end; }}
.leader {{ stroke: var(--edge); stroke-dasharray: 1 3; }}
.series path {{ fill: none; stroke: var(--muted); stroke-width: 1.5; }}
.series circle {{ fill: var(--muted); }}
.own path {{ stroke: var(--up); stroke-width: 3; }}
.own circle {{ fill: var(--up); }}
.own text {{ font-weight: 600; }}
.wrong path {{ stroke: var(--down); stroke-dasharray: 6 4; }}
.wrong circle {{ fill: var(--down); }}
"""


@dataclass(frozen=True)
class Line:
    """A line of a chart.

    Attributes:
        name: stands at its right end.
        levels: a level above zero at each place of the chart; None where the line has no point.
        kind: "own", "wrong", or "" for others.
    """

    name: str
    levels: Sequence[float | None]
    kind: str = ""


@dataclass(frozen=True)
class _Scales:
    """Turns places and levels into positions."""

    first: int
    last: int
    lowest_power: int
    highest_power: int

    def x(self, place: int) -> float:
        share = math.log(place / self.first) / math.log(self.last / self.first)
        return round(LEFT + share * (RIGHT - LEFT), 1)

    def y(self, level: float) -> float:
        share = (math.log10(level) - self.lowest_power) / (self.highest_power - self.lowest_power)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)


def line_chart(places: Sequence[int], lines: Sequence[Line], *, title: str, x_title: str, description: str) -> Markup:
    """Return a picture of some lines.

    Args:
        places: along the horizontal axis, growing, at least two.
        lines: those without a point are left out.
        title: above the chart; says what the vertical axis is.
        description: what the picture shows, for those who do not see it.
    """
    shown = [line for line in lines if any(level is not None for level in line.levels)]
    powers = [math.log10(level) for line in shown for level in line.levels if level is not None]
    lowest = math.floor(min(powers))
    scales = _Scales(places[0], places[-1], lowest, max(lowest + 1, math.ceil(max(powers))))
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        element("style", Markup(_STYLE)),
        element("rect", class_="page", width=WIDTH, height=HEIGHT),
        element("text", title, x=LEFT, y=24),
        *_grid(scales, places),
        element("text", x_title, class_="axis", x=(LEFT + RIGHT) / 2, y=HEIGHT - 10),
        *_series(scales, places, shown),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
    )


def _grid(scales: _Scales, places: Sequence[int]) -> list[Markup]:
    """Return a line with its number for each place, and for each power of ten."""
    marks: list[Markup] = []
    for place in places:
        x = scales.x(place)
        marks.append(element("path", class_="grid", d=f"M{x} {TOP}V{BOTTOM}"))
        marks.append(element("text", f"{place:,}", class_="axis", x=x, y=BOTTOM + 20))
    for power in range(scales.lowest_power, scales.highest_power + 1):
        y = scales.y(10.0**power)
        marks.append(element("path", class_="grid", d=f"M{LEFT} {y}H{RIGHT}"))
        marks.append(element("text", f"{10.0**power:,.10g}", class_="level", x=LEFT - 8, y=y + 4))
    return marks


def _series(scales: _Scales, places: Sequence[int], lines: Sequence[Line]) -> list[Markup]:
    """Return the lines, each with its points and its name."""
    points = [
        [(scales.x(place), scales.y(level)) for place, level in zip(places, line.levels, strict=True) if level]
        for line in lines
    ]
    label_ys = spread([line_points[-1][1] for line_points in points])
    series: list[Markup] = []
    for line, line_points, label_y in zip(lines, points, label_ys, strict=True):
        end_x, end_y = line_points[-1]
        contents = [
            element("path", class_="leader", d=f"M{end_x} {end_y}L{LABEL_X - 4} {label_y}", style="stroke-width: 1"),
            element("path", d="M" + "L".join(f"{x} {y}" for x, y in line_points)),
            *(element("circle", cx=x, cy=y, r=3) for x, y in line_points),
            element("text", line.name, x=LABEL_X, y=label_y + 4),
        ]
        series.append(element("g", join_markup(contents), class_=f"series {line.kind}".strip()))
    return series


def spread(positions: Sequence[float]) -> list[float]:
    """Return positions of names, from the top, none nearer to another than the height of a name.

    >>> spread([100.0, 300.0, 102.0])
    [100.0, 300.0, 117.0]
    """
    order = sorted(range(len(positions)), key=positions.__getitem__)
    spread_positions = list(positions)
    lowest_free = -math.inf
    for index in order:
        spread_positions[index] = max(positions[index], lowest_free)
        lowest_free = spread_positions[index] + LABEL_HEIGHT
    # Names that were pushed below the chart push those above them back.
    highest_free = float(BOTTOM)
    for index in reversed(order):
        spread_positions[index] = round(min(spread_positions[index], highest_free), 1)
        highest_free = spread_positions[index] - LABEL_HEIGHT
    return spread_positions
