"""The goals: what each work may cost, as a multiple of what; and why one may be missed."""
################################################################
# A goal is a ratio inside one run, at most, unless it says at least. Ratios are of the
# processor's time. Why a goal was not measured is said in `absent`. Why one was missed
# is said in `reason` where somebody has looked into it; where it is empty, the page says
# that the cause is open.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Goal:
    """What a work may cost.

    Attributes:
        work: what is measured.
        unit: what its time, or its memory, is a multiple of.
        limit: the ratio that it may reach at most, or must reach at least.
        is_least: whether the limit is a least one.
        reason: why it is missed, where that is known; empty where it is open.
        absent: why it may not have been measured.
    """

    work: str
    unit: str
    limit: float
    is_least: bool = False
    reason: str = ""
    absent: str = ""

    def is_met(self, ratio: float) -> bool:
        """Return whether a measured ratio meets the goal."""
        return ratio >= self.limit if self.is_least else ratio <= self.limit


_SORTED: Final = "Python's sort is linear on sorted input, so all other passes weigh more"
_ROUTE: Final = "dependencies and parameters of the route, which FastAPI runs for each request, are most of it"
_RAW: Final = "the best raw shape"
_BARE_ROUTE: Final = "a bare route, same bytes"

GOALS: Final[Mapping[str, Goal]] = {
    "set, shuffled": Goal(
        "union and measure, 100,000 alarms, shuffled", "two sorts", 1.5, reason="it includes the check of the rows"
    ),
    "set, sorted": Goal("the same, sorted", "two sorts", 4.5, reason=_SORTED),
    "evaluate, shuffled": Goal("`evaluate()`, 100,000 alarms, shuffled", "two sorts", 1.4),
    "evaluate, sorted": Goal("the same, sorted", "two sorts", 3.5, reason=_SORTED),
    "rich, shuffled": Goal("with service hours and maintenance, shuffled", "two sorts", 1.5),
    "rich, sorted": Goal("the same, sorted", "two sorts", 4.5, reason=_SORTED),
    "readings, no doubt": Goal("both readings, nothing in doubt", "`evaluate()`", 1.1),
    "readings, doubt": Goal(
        "both readings, one alarm in a hundred in doubt",
        "`evaluate()`",
        2.2,
    ),
    "incidents of a day": Goal(
        "outages of one day, 100,000 alarms",
        "`evaluate()`",
        0.3,
    ),
    "key, time": Goal("`evaluate_each`, a key of 10 alarms, above its union", "40 µs", 1.0),
    "key, memory": Goal("what the report of such a key holds", "4 KiB", 1.0),
    "CSV": Goal("CSV, 100,000 rows of six columns", "`csv.reader`", 3.0),
    "JSON Lines": Goal("JSON Lines, the same rows", "`json.loads`", 3.0),
    "Arrow": Goal("a table of PyArrow to a batch", "`evaluate()`", 2.5),
    "Parquet": Goal("Parquet to a batch", "`evaluate()`", 2.5),
    "CSV, memory": Goal("CSV, memory for 1,000,000 rows with id and resource", "200 MB", 1.0),
    "page": Goal("HTML page of 90 days", "`evaluate()`", 15.0, reason="making the document takes most of it"),
    "page, growth": Goal("a day of the page of 1,095 days", "a day of the page of 90", 1.2),
    "fetch, 1,000": Goal("`fetch` of 1,000 alarms", _RAW, 1.5),
    "fetch, 10,000": Goal("of 10,000", _RAW, 1.5),
    "fetch, 100,000": Goal("of 100,000", _RAW, 1.5),
    "request, 1,000": Goal(
        "`fetch` and `evaluate()`, 1,000 alarms",
        _RAW,
        2.5,
    ),
    "request, 10,000": Goal("with 10,000", _RAW, 2.5),
    "request, 100,000": Goal("with 100,000", _RAW, 2.5),
    "outline, 1,000": Goal("one query a day, 1,000 alarms", "the request", 8.0, is_least=True),
    "outline, 10,000": Goal("with 10,000", "the request", 5.0, is_least=True),
    "outline, 100,000": Goal("with 100,000", "the request", 8.0, is_least=True),
    "cached": Goal("cached request of 90 days, through uvicorn", _BARE_ROUTE, 5.0, reason=_ROUTE),
    "cached, 304": Goal("the same, not modified", _BARE_ROUTE, 2.0, reason=_ROUTE),
    "cached, in process": Goal("cached request of 90 days, without a socket", _BARE_ROUTE, 5.0, reason=_ROUTE),
    "cached, in process, 304": Goal("the same, not modified", _BARE_ROUTE, 2.0, reason=_ROUTE),
    "timeline": Goal(
        "`frames.daily_compliance`, 10,000,000 alarms of 10,000 tenants",
        "a bare sort in Polars",
        0.6,
        absent="the installed version evaluates one key after another",
    ),
    "import": Goal("`import sla_compliance`", "its modules of the standard library", 2.0),
}
