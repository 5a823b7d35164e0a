"""The 13 relations of two intervals, counted by hand: alarms, the window, maintenance, unmonitored time."""
################################################################
# One day in UTC, looked at when it is over. The second interval of every relation
# is 08:00 to 12:00; the first moves. All figures are written here as they were
# counted on paper, in whole hours; nothing is computed but hours into
# microseconds. `docs/conformance/vectors/allen.json` holds exactly this table,
# written by `python -m tests.conformance.allen_table`.
################################################################

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

PLACE: Final = Path(__file__).parents[2] / "docs" / "conformance" / "vectors" / "allen.json"
HOUR_US: Final = 3_600_000_000

FIGURES: Final = [
    "cells_us",
    "downtime_us",
    "uptime_us",
    "availability",
    "verdict",
    "low",
    "high",
    "is_confirmed",
    "compliance_percentage",
]

# Two alarms: they count once. Of each: hours of AGREED/DOWN, AGREED/UP; availability, percentage.
TWO_ALARMS: Final = """
    before         04-06    6  18   3/4   75.0
    meets          04-08    8  16   2/3   66.66
    overlaps       06-10    6  18   3/4   75.0
    starts         08-10    4  20   5/6   83.33
    during         09-11    4  20   5/6   83.33
    finishes       10-12    4  20   5/6   83.33
    equals         08-12    4  20   5/6   83.33
    finished-by    06-12    6  18   3/4   75.0
    contains       06-14    8  16   2/3   66.66
    started-by     08-14    6  18   3/4   75.0
    overlapped-by  10-14    6  18   3/4   75.0
    met-by         12-14    6  18   3/4   75.0
    after          14-16    6  18   3/4   75.0
"""

# An alarm against the window asked for, 08-12: it is clipped to it. Of each: hours of AGREED/DOWN, AGREED/UP;
# availability, percentage.
ALARM_AND_WINDOW: Final = """
    before         04-06    0  4   1/1  100.0
    meets          04-08    0  4   1/1  100.0
    overlaps       06-10    2  2   1/2   50.0
    starts         08-10    2  2   1/2   50.0
    during         09-11    2  2   1/2   50.0
    finishes       10-12    2  2   1/2   50.0
    equals         08-12    4  0   0/1    0.0
    finished-by    06-12    4  0   0/1    0.0
    contains       06-14    4  0   0/1    0.0
    started-by     08-14    4  0   0/1    0.0
    overlapped-by  10-14    2  2   1/2   50.0
    met-by         12-14    0  4   1/1  100.0
    after          14-16    0  4   1/1  100.0
"""

# An alarm against everybody's maintenance, 08-12. Of each: hours of AGREED/DOWN, AGREED/UP, MAINTENANCE/DOWN,
# MAINTENANCE/UP; availability, percentage.
ALARM_AND_MAINTENANCE: Final = """
    before         04-06    2  18  0  4    9/10   90.0
    meets          04-08    4  16  0  4    4/5    80.0
    overlaps       06-10    2  18  2  2    9/10   90.0
    starts         08-10    0  20  2  2    1/1   100.0
    during         09-11    0  20  2  2    1/1   100.0
    finishes       10-12    0  20  2  2    1/1   100.0
    equals         08-12    0  20  4  0    1/1   100.0
    finished-by    06-12    2  18  4  0    9/10   90.0
    contains       06-14    4  16  4  0    4/5    80.0
    started-by     08-14    2  18  4  0    9/10   90.0
    overlapped-by  10-14    2  18  2  2    9/10   90.0
    met-by         12-14    2  18  0  4    9/10   90.0
    after          14-16    2  18  0  4    9/10   90.0
"""

# An alarm against unmonitored time, 08-12: what an alarm says is known, what is left of the gap is not. Of each: hours
# of AGREED/DOWN, AGREED/UP, AGREED/UNKNOWN; availability, percentage; lowest and highest availability.
ALARM_AND_UNMONITORED: Final = """
    before         04-06    2  18  4    9/10   90.0    3/4  11/12
    meets          04-08    4  16  4    4/5    80.0    2/3  5/6
    overlaps       06-10    4  18  2    9/11   81.81   3/4  5/6
    starts         08-10    2  20  2    10/11  90.9    5/6  11/12
    during         09-11    2  20  2    10/11  90.9    5/6  11/12
    finishes       10-12    2  20  2    10/11  90.9    5/6  11/12
    equals         08-12    4  20  0    5/6    83.33   5/6  5/6
    finished-by    06-12    6  18  0    3/4    75.0    3/4  3/4
    contains       06-14    8  16  0    2/3    66.66   2/3  2/3
    started-by     08-14    6  18  0    3/4    75.0    3/4  3/4
    overlapped-by  10-14    4  18  2    9/11   81.81   3/4  5/6
    met-by         12-14    2  18  4    9/10   90.0    3/4  11/12
    after          14-16    2  18  4    9/10   90.0    3/4  11/12
"""

# Everybody's maintenance against unmonitored time, 08-12, under an alarm from 02 to 20: its evidence leaves nothing
# unknown. Of each: hours of AGREED/DOWN, MAINTENANCE/DOWN, AGREED/UP; availability, percentage.
MAINTENANCE_AND_UNMONITORED: Final = """
    before         04-06   16  2  6    3/11   27.27
    meets          04-08   14  4  6    3/10   30.0
    overlaps       06-10   14  4  6    3/10   30.0
    starts         08-10   16  2  6    3/11   27.27
    during         09-11   16  2  6    3/11   27.27
    finishes       10-12   16  2  6    3/11   27.27
    equals         08-12   14  4  6    3/10   30.0
    finished-by    06-12   12  6  6    1/3    33.33
    contains       06-14   10  8  6    3/8    37.5
    started-by     08-14   12  6  6    1/3    33.33
    overlapped-by  10-14   14  4  6    3/10   30.0
    met-by         12-14   16  2  6    3/11   27.27
    after          14-16   16  2  6    3/11   27.27
"""

# The same without any alarm: what is unknown in maintenance time matters to no figure, what is unknown in agreed time
# leaves the verdict unconfirmed. Of each: hours of AGREED/UP, AGREED/UNKNOWN, MAINTENANCE/UP, MAINTENANCE/UNKNOWN;
# lowest availability. The availability is 1, and so is the highest.
QUIET_MAINTENANCE_AND_UNMONITORED: Final = """
    before         04-06   18  4  2  0    9/11
    meets          04-08   16  4  4  0    4/5
    overlaps       06-10   18  2  2  2    9/10
    starts         08-10   20  2  0  2    10/11
    during         09-11   20  2  0  2    10/11
    finishes       10-12   20  2  0  2    10/11
    equals         08-12   20  0  0  4    1/1
    finished-by    06-12   18  0  2  4    1/1
    contains       06-14   16  0  4  4    1/1
    started-by     08-14   18  0  2  4    1/1
    overlapped-by  10-14   18  2  2  2    9/10
    met-by         12-14   18  4  2  0    9/11
    after          14-16   18  4  2  0    9/11
"""

MAINTENANCE: Final = [{"start": "2025-10-08T08:00:00Z", "end": "2025-10-08T12:00:00Z"}]
MONITORED: Final = [
    ["2025-10-08T00:00:00Z", "2025-10-08T08:00:00Z"],
    ["2025-10-08T12:00:00Z", "2025-10-09T00:00:00Z"],
]


def allen_file() -> dict[str, Any]:
    """Return the vector file that the table stands for."""
    vectors = [
        *_two_alarms(),
        *_alarm_and_window(),
        *_alarm_and_maintenance(),
        *_alarm_and_unmonitored(),
        *_maintenance_and_unmonitored(),
        *_quiet_maintenance_and_unmonitored(),
    ]
    return {
        "category": "allen",
        "title": "The 13 relations of two intervals",
        "rule": "definitions.md#ledger",
        "figures": FIGURES,
        "vectors": vectors,
    }


def file_text(document: Mapping[str, Any]) -> str:
    """Return a vector file as text: the question and the expected figures of a vector on a line each."""
    head = ",\n".join(f"  {json.dumps(key)}: {_json(document[key])}" for key in document if key != "vectors")
    vectors = ",\n".join(map(_vector_text, document["vectors"]))
    return f'{{\n{head},\n  "vectors": [\n{vectors}\n  ]\n}}\n'


def _vector_text(vector: Mapping[str, Any]) -> str:
    lines = [f"{json.dumps(key)}: {_json(value)}" for key, value in vector.items()]
    return "    {" + ",\n     ".join(lines) + "}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _two_alarms() -> list[dict[str, Any]]:
    vectors = []
    for name, first, down, up, availability, percentage in _rows(TWO_ALARMS):
        record = _record(
            {"AGREED/DOWN": down, "AGREED/UP": up}, down, up, availability, percentage, *[availability] * 2
        )
        question = {"alarms": [_alarm(first), {**_alarm("08-12"), "id": "2"}]}
        vectors.append(_vector(f"allen-alarms-{name}", f"Two alarms, relation {name}.", question, record))
    return vectors


def _alarm_and_window() -> list[dict[str, Any]]:
    start, end = _hours("08-12")
    vectors = []
    for name, first, down, up, availability, percentage in _rows(ALARM_AND_WINDOW):
        record = _record(
            {"AGREED/DOWN": down, "AGREED/UP": up}, down, up, availability, percentage, *[availability] * 2
        )
        question = {"start": start, "end": end, "alarms": [_alarm(first)]}
        title = f"An alarm and the window asked for, relation {name}."
        vectors.append(_vector(f"allen-window-{name}", title, question, record))
    return vectors


def _alarm_and_maintenance() -> list[dict[str, Any]]:
    vectors = []
    for name, first, down, up, maintenance_down, maintenance_up, availability, percentage in _rows(
        ALARM_AND_MAINTENANCE
    ):
        hours = {
            "AGREED/DOWN": down,
            "AGREED/UP": up,
            "MAINTENANCE/DOWN": maintenance_down,
            "MAINTENANCE/UP": maintenance_up,
        }
        record = _record(hours, down, up, availability, percentage, availability, availability)
        question = {"alarms": [_alarm(first)], "maintenance": MAINTENANCE}
        title = f"An alarm and maintenance, relation {name}."
        vectors.append(_vector(f"allen-maintenance-{name}", title, question, record))
    return vectors


def _alarm_and_unmonitored() -> list[dict[str, Any]]:
    vectors = []
    for name, first, down, up, unknown, availability, percentage, low, high in _rows(ALARM_AND_UNMONITORED):
        hours = {"AGREED/DOWN": down, "AGREED/UP": up, "AGREED/UNKNOWN": unknown}
        record = _record(hours, down, up, availability, percentage, low, high)
        question = {"alarms": [_alarm(first)], "monitored": MONITORED}
        title = f"An alarm and unmonitored time, relation {name}."
        vectors.append(_vector(f"allen-unmonitored-{name}", title, question, record))
    return vectors


def _maintenance_and_unmonitored() -> list[dict[str, Any]]:
    vectors = []
    for name, first, down, maintenance_down, up, availability, percentage in _rows(MAINTENANCE_AND_UNMONITORED):
        hours = {"AGREED/DOWN": down, "MAINTENANCE/DOWN": maintenance_down, "AGREED/UP": up}
        record = _record(hours, down, up, availability, percentage, availability, availability)
        question = {"alarms": [_alarm("02-20")], "maintenance": [_window(first)], "monitored": MONITORED}
        title = f"Maintenance and unmonitored time under an alarm, relation {name}."
        vectors.append(_vector(f"allen-under-alarm-{name}", title, question, record))
    return vectors


def _quiet_maintenance_and_unmonitored() -> list[dict[str, Any]]:
    vectors = []
    for name, first, up, unknown, maintenance_up, maintenance_unknown, low in _rows(QUIET_MAINTENANCE_AND_UNMONITORED):
        hours = {
            "AGREED/UP": up,
            "AGREED/UNKNOWN": unknown,
            "MAINTENANCE/UP": maintenance_up,
            "MAINTENANCE/UNKNOWN": maintenance_unknown,
        }
        record = _record(hours, "0", up, "1/1", "100.0", low, "1/1")
        question = {"alarms": [], "maintenance": [_window(first)], "monitored": MONITORED}
        title = f"Maintenance and unmonitored time without an alarm, relation {name}."
        vectors.append(_vector(f"allen-quiet-{name}", title, question, record))
    return vectors


def _rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def _hours(first: str) -> tuple[str, str]:
    start, end = first.split("-")
    return f"2025-10-08T{start}:00:00Z", f"2025-10-08T{end}:00:00Z"


def _alarm(first: str) -> dict[str, Any]:
    start, end = _hours(first)
    return {"id": "1", "severity": "critical", "first_occurrence": start, "cleared_at": end}


def _window(first: str) -> dict[str, Any]:
    start, end = _hours(first)
    return {"start": start, "end": end}


def _record(
    hours: dict[str, str], down: str, up: str, availability: str, percentage: str, low: str, high: str
) -> dict[str, Any]:
    """Return what is expected of the day, from the columns of a row of a table."""
    is_met = availability == "1/1"
    return {
        "cells_us": {cell: int(length) * HOUR_US for cell, length in hours.items() if length != "0"},
        "downtime_us": int(down) * HOUR_US,
        "uptime_us": int(up) * HOUR_US,
        "availability": availability,
        "verdict": "MET" if is_met else "BREACHED",
        "low": low,
        "high": high,
        "is_confirmed": not is_met or low == "1/1",
        "compliance_percentage": float(percentage),
    }


def _vector(name: str, title: str, terms: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    window = {"start": "2025-10-08T00:00:00Z", "end": "2025-10-09T00:00:00Z", "as_of": "2025-10-09T00:00:00Z"}
    return {
        "id": name,
        "title": title,
        "origin": "hand",
        "question": {**window, "zone": "UTC", **terms},
        "expected": {"total": record, "day": [record]},
    }


if __name__ == "__main__":
    PLACE.write_text(file_text(allen_file()), encoding="utf-8")
