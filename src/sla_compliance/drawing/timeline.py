"""The timeline: a bar for each stretch of time, such as a day, that shows what was the case in it."""
################################################################
# Horizontal positions are percentages of the width, as in chart.py. A bar is up where
# nothing else is drawn. Kinds that are neither up nor down have a pattern of their own,
# so none is told by its colour alone. The style sheet says how high bars are.
################################################################

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sla_compliance.drawing.markup import Markup, element

_SHORTEST: Final = 0.002  # share of a bar; what is shorter shows all the same
_UP: Final = "up"
_PATTERNS: Final = {"excused": "rotate(45)", "planned": "rotate(0)", "unknown": "rotate(-45)"}
"""The kinds that have a pattern, and how it is turned."""


def timeline_bars(rows: Iterable[tuple[str, Iterable[tuple[float, float, str]]]], *, label: str) -> Markup:
    """Return the bars of some rows.

    Args:
        rows: the label of each, and its stretches: shares of the row from 0 to 1, and a kind.
        label: the accessible name of the timeline.
    """
    definitions = element("svg", element("defs", *map(_pattern, _PATTERNS)), width=0, height=0)
    lines: list[Markup] = [definitions]
    for row_label, stretches in rows:
        lines.append(element("span", row_label))
        lines.append(_bar(stretches))
    return element("div", *lines, class_="timeline", role="img", aria_label=label)


def stretch_swatch(kind: str) -> Markup:
    """Return what stands beside a word of the legend of a timeline."""
    return element("svg", *_boxes([(0, 1, kind)]), class_="bar", width=18, aria_hidden="true")


def _pattern(kind: str) -> Markup:
    return element(
        "pattern",
        element("rect", class_="ground", width=4, height=4),
        element("path", class_=f"stripe {kind}", d="M2 0V4"),
        id=f"{kind}-stripes",
        width=4,
        height=4,
        patternUnits="userSpaceOnUse",
        patternTransform=_PATTERNS[kind],
    )


def _bar(stretches: Iterable[tuple[float, float, str]]) -> Markup:
    return element("svg", *_boxes(stretches), class_="bar")


def _boxes(stretches: Iterable[tuple[float, float, str]]) -> list[Markup]:
    return [_box(start, end, kind) for start, end, kind in stretches if kind != _UP]


def _box(start_share: float, end_share: float, kind: str) -> Markup:
    width_share = max(end_share - start_share, _SHORTEST)
    start_share = min(start_share, 1 - _SHORTEST)
    return element("rect", class_=kind, x=f"{start_share * 100:.4g}%", width=f"{width_share * 100:.4g}%")
