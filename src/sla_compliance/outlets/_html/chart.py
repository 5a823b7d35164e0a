"""The chart: an area of availability, a dashed target, gaps where nothing counted, a link for each period."""
################################################################
# Sideways all is in percent of the width, downwards in pixels, so the picture
# fits any screen without a script. The area lives in a picture of its own, one
# unit wide for each period, that is stretched to the width.
#
# The line runs through the middle of each period. Between two of them it never
# leaves the range of the two (harmonic mean of the slopes), so no dip is drawn
# that nobody had. Breached periods carry a filled diamond, periods at risk a
# hollow one. Each period links to its row in the table.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from sla_compliance.outlets._html.markup import Markup, element, joined
from sla_compliance.outlets._html.words import short_date
from sla_compliance.records import ComplianceRecord, Verdict

HEIGHT: Final = 300
TOP: Final = 14
BOTTOM: Final = HEIGHT - 34
_FLOORS: Final = (95, 90, 80, 50, 0)
_TICKS: Final = 5
_LABELS: Final = 12  # dates named below a wide chart; every third of them below a narrow one
_MARKERS: Final = {Verdict.BREACHED: "#breached", Verdict.AT_RISK: "#at-risk"}

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plot:
    """Where things stand in the chart of some records, at least one."""

    records: Sequence[ComplianceRecord]

    @property
    def floor(self) -> int:
        """Where the axis begins, percent: 95, or lower where a period or the target is."""
        shown = [record.compliance_percentage for record in self.records]
        lowest = min(self.records[0].target_percentage, *(value for value in shown if value is not None), 100)
        return next(floor for floor in _FLOORS if floor <= lowest)

    def x(self, place: float) -> str:
        """Return how far right a place among the records is; a record's middle is at its index + 0.5."""
        return f"{place / len(self.records) * 100:.4g}%"

    def y(self, percentage: float) -> float:
        """Return how far down a percentage is, pixels."""
        return round(BOTTOM - (percentage - self.floor) / (100 - self.floor) * (BOTTOM - TOP), 1)


def chart(records: Sequence[ComplianceRecord], label: str) -> Markup:
    """Return the chart of some records, at least one; the row of the i-th in the table has the id "r" and i."""
    plot = Plot(records)
    runs = [(list(run), is_measured) for is_measured, run in groupby(enumerate(records), key=_is_measured)]
    return element(
        "div",
        element("svg", _axis(plot), width="44", height=HEIGHT, aria_hidden="true"),
        element(
            "svg",
            _definitions(),
            *_grid(plot),
            *(_gap(plot, run) for run, is_measured in runs if not is_measured),
            _area(plot, [run for run, is_measured in runs if is_measured]),
            _target(plot),
            *_dates(plot),
            *(_link(plot, index) for index in range(len(records))),
            width="100%",
            height=HEIGHT,
            role="group",
            aria_label=label,
        ),
        class_="plot",
    )


def swatch(kind: str) -> Markup:
    """Return what stands beside a word of the legend: "line", "target", "gap", or a marker's id."""
    drawn = {
        "line": element("path", class_="line", d="M1 4H17"),
        "target": element("path", class_="target", d="M0 6H18"),
        "gap": element("rect", class_="gap", width=18, height=12),
    }
    picture = drawn.get(kind) or element("use", href=f"#{kind}", x=9, y=6)
    return element("svg", picture, width=18, height=12, aria_hidden="true")


def _is_measured(entry: tuple[int, ComplianceRecord]) -> bool:
    return entry[1].compliance_percentage is not None


def _definitions() -> Markup:
    stops = element("stop", class_="top") + element("stop", offset="1", class_="bottom")
    gradient = element("linearGradient", Markup(stops), id="area", x2="0", y2="1")
    stripe = element("path", class_="stripe", d="M0 0V6")
    hatch = element(
        "pattern", stripe, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse", patternTransform="rotate(45)"
    )
    diamond = "M0-5.5L5.5 0L0 5.5L-5.5 0Z"
    markers = [element("path", id=name, class_=f"marker {name}", d=diamond) for name in ("breached", "at-risk")]
    return element("defs", gradient, hatch, *markers)


def _ticks(plot: Plot) -> Iterator[float]:
    return (plot.floor + step * (100 - plot.floor) / _TICKS for step in range(_TICKS + 1))


def _axis(plot: Plot) -> Markup:
    return joined(element("text", f"{tick:g}%", x=36, y=plot.y(tick) + 4) for tick in _ticks(plot))


def _grid(plot: Plot) -> Iterator[Markup]:
    return (element("line", class_="grid", x2="100%", y1=plot.y(tick), y2=plot.y(tick)) for tick in _ticks(plot))


def _target(plot: Plot) -> Markup:
    level = plot.y(plot.records[0].target_percentage)
    return element("line", class_="target", x2="100%", y1=level, y2=level)


def _dates(plot: Plot) -> Iterator[Markup]:
    """Yield dates below, counted from the last; most are left out on narrow screens."""
    last = len(plot.records) - 1
    step = last // _LABELS + 1
    for rank, index in enumerate(range(last, -1, -step)):
        classes = " ".join(name for name, applies in (("fine", rank % 3), ("end", index == last)) if applies)
        place = plot.x(index + (1 if index == last else 0.5))
        yield element("text", short_date(plot.records[index].date), class_=classes or None, x=place, y=BOTTOM + 22)


def _gap(plot: Plot, run: Sequence[tuple[int, ComplianceRecord]]) -> Markup:
    return element("rect", class_="gap", x=plot.x(run[0][0]), y=TOP, width=plot.x(len(run)), height=BOTTOM - TOP)


def _area(plot: Plot, runs: Sequence[Sequence[tuple[int, ComplianceRecord]]]) -> Markup:
    """Return the area over the measured periods, and the line on it."""
    lines = [_line([(i + 0.5, plot.y(record.compliance_percentage or 0)) for i, record in run]) for run in runs]
    areas = [f"{line}V{BOTTOM}H{run[0][0]}Z" for line, run in zip(lines, runs, strict=True)]
    return element(
        "svg",
        element("path", class_="area", d="".join(areas)),
        element("path", class_="line", d="".join(lines)),
        viewBox=f"0 0 {len(plot.records)} {HEIGHT}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _line(points: Sequence[Point]) -> str:
    """Return the path through points one apart, level to the outer edges of the first and the last."""
    slopes = _slopes([y for _, y in points])
    steps = zip(pairwise(points), pairwise(slopes), strict=True)
    (first_x, first_y), (last_x, _) = points[0], points[-1]
    curves = "".join(_curve(start, end, rises) for (start, end), rises in steps)
    return f"M{_numbers(first_x - 0.5, first_y)}H{first_x:g}{curves}H{last_x + 0.5:g}"


def _curve(start: Point, end: Point, rises: Point) -> str:
    (x, y), (end_x, end_y), (rise, fall) = start, end, rises
    if y == end_y:
        return f"H{end_x:g}"
    return f"C{_numbers(x + 1 / 3, y + rise / 3, x + 2 / 3, end_y - fall / 3, end_x, end_y)}"


def _slopes(levels: Sequence[float]) -> list[float]:
    """Return the rise at each of some levels one apart: 0 at the ends, peaks and troughs."""
    steps = [after - before for before, after in pairwise(levels)]
    inner = [2 * one * two / (one + two) if one * two > 0 else 0.0 for one, two in pairwise(steps)]
    return [0.0, *inner, 0.0][: len(levels)]


def _numbers(*values: float) -> str:
    return " ".join(f"{round(value, 2):g}" for value in values)


def _link(plot: Plot, index: int) -> Markup:
    record = plot.records[index]
    marker = _MARKERS.get(record.verdict)
    content = element("rect", x=plot.x(index), width=plot.x(1), height=BOTTOM)
    if marker is not None:
        level = plot.y(record.compliance_percentage or 0)
        content = joined((content, element("use", href=marker, x=plot.x(index + 0.5), y=level)))
    return element("a", content, href=f"#r{index}", aria_labelledby=f"r{index}")
