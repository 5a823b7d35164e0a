"""The availability chart: where its axis begins, and what it draws of points, gaps and markers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_compliance.drawing.chart import BOTTOM, TOP, ChartPoint, PointKind, axis_floor, axis_ticks, chart
from sla_compliance.drawing.palette import paper_colours

NOT_MEASURED = None
percentages = st.none() | st.floats(0, 100).map(lambda value: round(value, 2))


def points_of(*values: float | None, kind: PointKind = PointKind.MET) -> list[ChartPoint]:
    """Points of one kind, those without a percentage aside."""
    return [
        ChartPoint(
            label=f"day {index}",
            percentage=value,
            kind=PointKind.NOT_MEASURED if value is None else kind,
            link_id=f"row{index}",
        )
        for index, value in enumerate(values)
    ]


def drawn(points: Sequence[ChartPoint], target: float = 99.9) -> str:
    """The markup of their chart."""
    texts = [f"{tick}%" for tick in axis_ticks(axis_floor(points, target))]
    return chart(points, target_percentage=target, tick_texts=texts, label="Availability")


def line_of(markup: str) -> str:
    """The path of the line."""
    (path,) = re.findall(r'<path class="line" d="(.*?)"', markup)
    return str(path)


@pytest.mark.parametrize(
    ("values", "target", "floor"),
    [
        ((), 99.9, 95),
        ((99.0, 100.0), 100, 95),
        ((95.0,), 99.9, 95),
        ((94.99,), 99.9, 90),
        ((99.0, NOT_MEASURED), 92.5, 90),
        ((79.0, 99.0), 99.9, 50),
        ((0.0,), 99.9, 0),
    ],
)
def test_the_axis_begins_at_the_highest_floor_below_all_points_and_the_target(
    values: tuple[float | None, ...], target: float, floor: int
) -> None:
    """Points that were not measured have no say."""
    assert axis_floor(points_of(*values), target) == floor


def test_a_point_alone_is_level_to_both_edges() -> None:
    """At the top where nothing was lost."""
    assert line_of(drawn(points_of(100.0))) == f"M0 {TOP}H1"
    assert line_of(drawn(points_of(95.0))) == f"M0 {BOTTOM}H1"


def test_points_not_measured_are_one_gap_and_break_the_line() -> None:
    """Neighbours share a box; the line begins again behind it."""
    markup = drawn(points_of(NOT_MEASURED, 100.0, NOT_MEASURED, NOT_MEASURED, 100.0))
    boxes = re.findall(r'<rect class="gap" x="(.*?)" y="14" width="(.*?)"', markup)
    assert boxes == [("0%", "20%"), ("40%", "40%")]
    assert line_of(markup) == "M1 14H2M4 14H5"


def test_a_chart_of_gaps_alone_has_no_line() -> None:
    """And no area."""
    markup = drawn(points_of(NOT_MEASURED, NOT_MEASURED))
    assert line_of(markup) == ""
    assert markup.count('class="gap"') == 1


@given(st.lists(percentages, min_size=1, max_size=12))
def test_a_point_is_a_plateau(values: list[float | None]) -> None:
    """The line is level over each point and upright between two: it shows nothing that was not measured."""
    x = level = -1.0
    plateaus: list[tuple[float, float, float]] = []
    for command, numbers in re.findall(r"([A-Z])([^A-Z]*)", line_of(drawn(points_of(*values)))):
        position = [float(number) for number in numbers.split()]
        if command == "M":
            x, level = position
        elif command == "V":
            (level,) = position
        else:
            assert command == "H"
            plateaus.append((x, position[0], level))
            (x,) = position
    measured = [index for index, value in enumerate(values) if value is not None]
    assert [(start, end) for start, end, _ in plateaus] == [(index, index + 1) for index in measured]
    levels = {index: level for index, (_, _, level) in zip(measured, plateaus, strict=True)}
    floor = axis_floor(points_of(*values), 99.9)
    for index in measured:
        share = ((values[index] or 0.0) - floor) / (100 - floor)
        assert levels[index] == pytest.approx(BOTTOM - share * (BOTTOM - TOP), abs=0.06)


@pytest.mark.parametrize("kind", PointKind)
def test_breached_points_and_those_at_risk_carry_their_marker(kind: PointKind) -> None:
    """Others carry none."""
    markers = re.findall(r'<use href="#(.*?)"', drawn(points_of(98.0, kind=kind)))
    assert markers == ([kind] if kind in (PointKind.BREACHED, PointKind.AT_RISK) else [])


def test_each_point_links_to_its_element() -> None:
    """Which also names it."""
    links = re.findall(r'href="#(row\d)" aria-labelledby="(row\d)"', drawn(points_of(99.0, NOT_MEASURED)))
    assert links == [("row0", "row0"), ("row1", "row1")]


def test_at_most_every_third_date_is_left_on_a_narrow_screen() -> None:
    """The last point has its date at any width, where it is not cut off."""
    labels = re.findall(r'<text(?: class="(\w+)")? x="(\S+)" y="288">(.*?)</text>', drawn(points_of(*[99.0] * 30)))
    assert [label for _, _, label in labels] == [f"day {index}" for index in range(29, -1, -3)]
    assert [name for name, _, _ in labels] == ["end", *["fine", "fine", ""] * 3]
    assert labels[0][1] == "100%"


def test_outlets_without_style_sheets_have_the_colours_of_paper() -> None:
    """Those that are plain colours, by name; a shadow is none."""
    colours = paper_colours()
    assert colours["ink"] == "#17201c"
    assert "shadow" not in colours
    assert all(re.fullmatch("#[0-9a-f]{3}|#[0-9a-f]{6}", colour) for colour in colours.values())
