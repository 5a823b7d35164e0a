"""Previews: what an object says of itself in a few lines of text, and as HTML in a notebook."""
################################################################
# Text and HTML say the same facts in the same words. HTML adds a chart and notes,
# which are made only when it is asked for: `repr()` must be cheap.
#
# The HTML is complete in itself: no script, no id, no reference to anything. Its
# style sheet stands in an SVG, the one place within a body where HTML allows one.
# All text of the data is escaped (markup.py). Without its style, as in a notebook
# that is not trusted, it still reads as lines of text.
#
# Colours are those of the palette. A notebook's own scheme comes first (JupyterLab
# and Visual Studio Code mark it on the page), then that of the reader's system.
################################################################

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sla_compliance.drawing.markup import Markup, element, isolated_text
from sla_compliance.drawing.palette import DARK_COLOURS, LIGHT_COLOURS

MOST_NOTES: Final = 12

_SCHEME_CSS: Final = f"""\
.sla-preview {{
{LIGHT_COLOURS}}}
@media screen and (prefers-color-scheme: dark) {{
.sla-preview {{
{DARK_COLOURS}}}
}}
[data-jp-theme-light="true"] .sla-preview, .vscode-light .sla-preview {{
{LIGHT_COLOURS}  color-scheme: light;
}}
[data-jp-theme-light="false"] .sla-preview, .vscode-dark .sla-preview {{
{DARK_COLOURS}  color-scheme: dark;
}}
"""
_RULES_CSS: Final = """\
.sla-preview {
  box-sizing: border-box;
  max-width: 760px;
  margin: 4px 0;
  padding: 14px 18px;
  border: 1px solid var(--line);
  border-radius: 12px;
  background: var(--surface);
  color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}
.sla-preview svg { display: inline; max-width: none; overflow: visible; vertical-align: top; }
.sla-preview > .sheet { position: absolute; }
.sla-preview .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 10px; }
.sla-preview .kind, .sla-preview .name, .sla-preview .below, .sla-preview .note { color: var(--muted); }
.sla-preview .heading { font-weight: 620; }
.sla-preview .verdict { padding: 0 9px; border-radius: 20px; font-weight: 600; }
.sla-preview .verdict { background: var(--sunken); color: var(--muted); }
.sla-preview .verdict.met { background: var(--met-wash); color: var(--up); }
.sla-preview .verdict.breached { background: var(--down-wash); color: var(--down); }
.sla-preview .verdict.at-risk { background: var(--risk-wash); color: var(--risk); }
.sla-preview .facts { display: grid; grid-template-columns: max-content 1fr; gap: 0 14px; margin-top: 8px; }
.sla-preview .fact { display: contents; }
.sla-preview .chart { margin-top: 10px; }
.sla-preview .plot { display: grid; grid-template-columns: 40px 1fr; }
.sla-preview .below { display: flex; justify-content: space-between; gap: 12px; margin-left: 40px; font-size: 12px; }
.sla-preview text { fill: var(--muted); font-size: 11px; text-anchor: end; }
.sla-preview .grid { stroke: var(--line); }
.sla-preview .area { fill: var(--up-soft); fill-opacity: 0.2; }
.sla-preview .line { fill: none; stroke: var(--up-soft); stroke-width: 2; vector-effect: non-scaling-stroke; }
.sla-preview .target { fill: none; stroke: var(--edge); stroke-width: 1.5; stroke-dasharray: 5 4; }
.sla-preview .gap { fill: var(--sunken); }
.sla-preview .doubt { fill: var(--edge); fill-opacity: 0.35; }
.sla-preview .marker { stroke: var(--surface); stroke-width: 1.5; }
.sla-preview .marker.breached { fill: var(--down); }
.sla-preview .marker.at-risk { fill: var(--surface); stroke: var(--risk); }
.sla-preview .bars { fill: var(--edge); }
.sla-preview .band > rect { fill: transparent; }
.sla-preview .band:hover > rect { fill: var(--ink); fill-opacity: 0.09; }
.sla-preview .notes { margin-top: 8px; font-size: 13px; }
"""
PREVIEW_CSS: Final = Markup(_SCHEME_CSS + _RULES_CSS)
"""The style sheet of a preview; every rule is for what stands within one."""


def _no_chart() -> Markup:
    return Markup("")


def _no_notes() -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an object says of itself.

    Attributes:
        heading: what it is of.
        verdict: in words; empty where there is none.
        facts: name and value of each, in order.
        separator: what stands before each fact in a text.
        chart: makes its chart.
        notes: makes the sentences that stand below it.
    """

    heading: str
    verdict: str = ""
    facts: Sequence[tuple[str, str]]
    separator: str = "\n  "
    chart: Callable[[], Markup] = _no_chart
    notes: Callable[[], Sequence[str]] = _no_notes

    def text(self, kind: str) -> str:
        """Return the preview as text.

        Args:
            kind: the name of the object's class.

        >>> Preview(heading="2025-10-08", verdict="Met", facts=[("downtime", "12 s")], separator=", ").text("Day")
        '<Day 2025-10-08, verdict: Met, downtime: 12 s>'
        """
        verdict = [("verdict", self.verdict)] if self.verdict else []
        facts = [f"{self.separator}{name}: {value}" for name, value in [*verdict, *self.facts]]
        return f"<{kind} {self.heading}{''.join(facts)}>"

    def html(self, kind: str) -> str:
        """Return the preview as an element of HTML; `kind` is as in `text`."""
        head = [element("span", self.heading, class_="heading")]
        if self.verdict:
            verdict_class = self.verdict.partition(",")[0].lower().replace(" ", "-")
            head += [Markup(" "), element("span", self.verdict, class_=f"verdict {verdict_class}")]
        head += [Markup(" "), element("span", kind, class_="kind")]
        sheet = element("svg", element("style", PREVIEW_CSS), class_="sheet", width=0, height=0, aria_hidden="true")
        return element(
            "div",
            sheet,
            element("div", *head, class_="head"),
            element("div", *(_fact(name, value) for name, value in self.facts), class_="facts"),
            self.chart(),
            element("div", *map(_note, _shortened(self.notes())), class_="notes"),
            class_="sla-preview",
        )


class Previewed:
    """What has a preview: `repr()` is its text, and notebooks show its HTML."""

    __slots__ = ()

    @abstractmethod
    def _preview(self) -> Preview:
        """Return what this object says of itself."""

    def __repr__(self) -> str:
        return self._preview().text(type(self).__name__)

    def _repr_html_(self) -> str:
        return self._preview().html(type(self).__name__)


def _fact(name: str, value: str) -> Markup:
    return element(
        "div",
        element("span", name, class_="name"),
        Markup(" "),
        element("span", isolated_text(value), class_="value"),
        class_="fact",
    )


def _note(sentence: str) -> Markup:
    return element("div", isolated_text(sentence), class_="note")


def _shortened(notes: Sequence[str]) -> Sequence[str]:
    """Return the first notes, and how many more there are."""
    unshown = len(notes) - MOST_NOTES
    return [*notes[:MOST_NOTES], f"and {unshown:,} more"] if unshown > 0 else notes
