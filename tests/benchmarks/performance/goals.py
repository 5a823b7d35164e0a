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
_FETCH: Final = (
    "the same statement checks each row (its instants, its severity, whether its id is shared), and SQLAlchemy takes"
    " about a millisecond a statement"
)
_REQUEST: Final = "fetching is more than its goal, and evaluating comes on top"
_IMPORT: Final = "80 modules of about a millisecond each, most of which Python spends on making their dataclasses"
_OWN_DAYS: Final = "its alarms reach into about 30 of the 90 days, and each of these has a table of 30 cells of its own"
_NO_VALKEY: Final = "no Valkey is installed"
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
    "readings, no doubt": Goal(
        "both readings, nothing in doubt", "`evaluate()`", 1.1, reason="each row is looked at for doubt of its end"
    ),
    "readings, doubt": Goal(
        "both readings, one alarm in a hundred in doubt",
        "`evaluate()`",
        2.2,
        reason="one row with another end is enough for a union of all rows of its own",
    ),
    "incidents of a day": Goal(
        "outages of one day, 100,000 alarms",
        "`evaluate()`",
        0.3,
    ),
    "key, time": Goal("`evaluate_each`, a key of 10 alarms, above its union", "40 µs", 1.0, reason=_OWN_DAYS),
    "key, memory": Goal("what the report of such a key holds", "4 KiB", 1.0, reason=_OWN_DAYS),
    "CSV": Goal("CSV, 100,000 rows of six columns", "`csv.reader`", 3.0),
    "JSON Lines": Goal("JSON Lines, the same rows", "`json.loads`", 3.0),
    "Arrow": Goal("a table of PyArrow to a batch", "`evaluate()`", 2.5),
    "Parquet": Goal("Parquet to a batch", "`evaluate()`", 2.5),
    "CSV, memory": Goal("CSV, memory for 1,000,000 rows with id and resource", "200 MB", 1.0),
    "page": Goal(
        "HTML page of 90 days",
        "`evaluate()`",
        15.0,
        reason="writing it takes 11; the document, with what each record follows from, takes the others",
    ),
    "page, growth": Goal("a day of the page of 1,095 days", "a day of the page of 90", 1.2),
    "fetch, 1,000": Goal("`fetch` of 1,000 alarms", _RAW, 1.5, reason=_FETCH),
    "fetch, 10,000": Goal("of 10,000", _RAW, 1.5, reason=_FETCH),
    "fetch, 100,000": Goal("of 100,000", _RAW, 1.5, reason=_FETCH),
    "request, 1,000": Goal(
        "`fetch` and `evaluate()`, 1,000 alarms",
        _RAW,
        2.5,
        reason=_REQUEST,
    ),
    "request, 10,000": Goal("with 10,000", _RAW, 2.5, reason=_REQUEST),
    "request, 100,000": Goal("with 100,000", _RAW, 2.5, reason=_REQUEST),
    "outline, 1,000": Goal("one query a day, 1,000 alarms", "the request", 8.0, is_least=True, reason=_REQUEST),
    "outline, 10,000": Goal("with 10,000", "the request", 5.0, is_least=True),
    "outline, 100,000": Goal("with 100,000", "the request", 8.0, is_least=True),
    "cached": Goal("cached request of 90 days, through uvicorn", _BARE_ROUTE, 5.0, reason=_ROUTE),
    "cached, 304": Goal("the same, not modified", _BARE_ROUTE, 2.0, reason=_ROUTE),
    "cached, in process": Goal("cached request of 90 days, without a socket", _BARE_ROUTE, 5.0, reason=_ROUTE),
    "cached, in process, 304": Goal("the same, not modified", _BARE_ROUTE, 2.0, reason=_ROUTE),
    "cached, queries": Goal("queries of a cached request of 90 days", "a count", 0.0, absent=_NO_VALKEY),
    "cached, round trips": Goal("its round trips to Valkey", "a count", 1.0, absent=_NO_VALKEY),
    "timeline": Goal(
        "`frames.daily_compliance`, 10,000,000 alarms of 10,000 tenants",
        "a bare sort in Polars",
        0.6,
        reason="two sorts take most of it",
        absent="the installed version evaluates one key after another",
    ),
    "spark": Goal(
        "`frames.spark.daily_compliance`, 1,000,000 alarms of 1,000 tenants, two threads, by the clock",
        "a bare shuffle and sort",
        2.0,
        absent="PySpark or Java is not installed",
    ),
    "import": Goal("`import sla_compliance`", "its modules of the standard library", 2.0, reason=_IMPORT),
}
