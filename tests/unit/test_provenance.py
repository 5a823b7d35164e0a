"""What a detailed record follows from: policy, accounting, input and the windows that excluded time from it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.canonical_input import input_digest
from sla_compliance.outlets.csv import records_csv
from tests.unit.moments import at, report_of

HOUR = timedelta(hours=1)
CUSTOM = sla.Accounting({(sla.Scope.AGREED, sla.State.UNKNOWN): sla.Counts.UP})


def detail_of(report: sla.ComplianceReport) -> dict[str, Any]:
    """The detailed record of the whole window, as it is after a journey through JSON."""
    detail: dict[str, Any] = json.loads(json.dumps(report.detailed_record()))
    return detail


def lines_of(report: sla.ComplianceReport) -> list[tuple[str, float, float]]:
    """Name, hours and hours of downtime of each exclusion of the whole window."""
    return [
        (line["name"], line["length_seconds"] / 3600, line["downtime_seconds"] / 3600)
        for line in detail_of(report)["exclusions"]
    ]


def test_each_window_is_listed_with_its_author_and_the_downtime_that_it_took() -> None:
    """Of everybody's windows what would count down without them; time in two windows stands in both lines."""
    alarms = [sla.Alarm(at(8, 1), at(8, 4)), sla.Alarm(at(8, 10), at(8, 11))]
    report = report_of(
        alarms,
        at(8),
        at(9),
        maintenance=[
            sla.MaintenanceWindow(at(8, 2), at(8, 6), reason="firmware", author="M. Ade"),
            sla.MaintenanceWindow(at(9), at(9, 1), reason="after the window"),
        ],
        exclusions=[sla.Exclusion(at(8, 3), at(8, 12), reason="no access", author="B. Obi")],
    )
    maintenance, exclusion = detail_of(report)["exclusions"]
    assert maintenance == {
        "name": "maintenance of 2025-10-08 02:00 UTC (firmware)",
        "kind": "planned",
        "reason": "firmware",
        "author": "M. Ade",
        "applies_to": "everybody",
        "length_seconds": 4 * 3600,
        "downtime_seconds": 2 * 3600,
        "text": (
            "maintenance of 2025-10-08 02:00 UTC (firmware) by M. Ade, planned, for everybody: 4 h,"
            " took 2 h of downtime"
        ),
    }
    assert (exclusion["kind"], exclusion["author"]) == ("exclusion", "B. Obi")
    assert (exclusion["length_seconds"], exclusion["downtime_seconds"]) == (9 * 3600, 2 * 3600)
    assert report.total.downtime_us == report.gross.downtime_us - 3 * 3600 * 10**6


def test_a_window_takes_nothing_where_its_downtime_counts() -> None:
    """Under COUNTED maintenance takes nothing; under GROSS no window does."""
    for accounting, taken in (("REMOVED", [2, 1]), ("COUNTED", [0, 1]), ("GROSS", [0, 0])):
        report = report_of(
            [sla.Alarm(at(8, 1), at(8, 4)), sla.Alarm(at(8, 10), at(8, 11))],
            at(8),
            at(9),
            policy=sla.SLAPolicy(accounting=getattr(sla.Accounting, accounting)),
            maintenance=[sla.MaintenanceWindow(at(8, 2), at(8, 6))],
            exclusions=[sla.Exclusion(at(8, 10), at(8, 12), reason="no access")],
        )
        assert [downtime for _, _, downtime in lines_of(report)] == taken


def test_occurrences_of_one_recurrence_and_plain_pairs_are_one_line() -> None:
    """Each with the length of all of them inside the record."""
    report = report_of(
        [sla.Alarm(at(8, 1), at(8, 2)), sla.Alarm(at(9, 1), at(9, 2)), sla.Alarm(at(9, 5), at(9, 7))],
        at(8),
        at(11),
        maintenance=[
            sla.MaintenanceWindow(at(1, 1), at(1, 3), recurrence="FREQ=DAILY"),
            (at(9, 4), at(9, 6)),
            (at(10, 4), at(10, 6)),
        ],
        exclusions=[(at(9, 6), at(9, 8))],
    )
    assert lines_of(report) == [
        ("maintenance of 2025-10-01 01:00 UTC", 6, 2),
        ("maintenance given as times alone", 4, 1),
        ("exclusions given as times alone", 2, 1),
    ]
    assert [len(day["exclusions"]) for day in report.as_dicts(detail=True)] == [1, 3, 2]  # type: ignore[arg-type]


def test_pairs_under_rules_of_planned_work_are_listed_as_far_as_they_are_accepted() -> None:
    """What is refused is in quality."""
    policy = sla.SLAPolicy(planned_work=sla.PlannedWork(most_time=3 * HOUR))
    report = report_of([], at(8), at(9), policy=policy, maintenance=[(at(8, 1), at(8, 3)), (at(8, 5), at(8, 7))])
    assert lines_of(report) == [("maintenance given as times alone", 3, 0)]
    quality: Any = detail_of(report)["quality"]
    assert quality["accepted_windows"] == ["maintenance given as times alone"]
    assert quality["refused_windows"] == ["maintenance of 2025-10-08 05:00 UTC: more than 3 h a month"]


def test_a_targeted_window_says_to_whom_it_applies_and_what_it_took() -> None:
    """Many values are cut, and the line says so; a window that took nothing is listed too."""
    many = [f"r{number}" for number in range(1, 10)]
    report = report_of(
        [sla.Alarm(at(8, 1), at(8, 4), resource_id="r1"), sla.Alarm(at(8, 2), at(8, 3), resource_id="r2")],
        at(8),
        at(9),
        maintenance=[
            sla.MaintenanceWindow(at(8, 2), at(8, 6), applies_to={"resource_id": "r1"}, with_children=True),
            sla.MaintenanceWindow(at(8, 20), at(8, 22), applies_to={"resource_id": many, "customer_id": "c"}),
        ],
    )
    first, second = detail_of(report)["exclusions"]
    assert (first["applies_to"], first["downtime_seconds"]) == ("resource_id r1 and children", 2 * 3600)
    assert second["applies_to"] == "customer_id c or resource_id r1, r2, r3, r4, r5 and 4 more"
    assert second["downtime_seconds"] == 0


def test_in_the_report_of_its_own_key_a_window_is_everybodys() -> None:
    """And targeted in all others."""
    work = sla.MaintenanceWindow(at(8, 2), at(8, 6), applies_to={"resource_id": "r1"})
    reports = sla.evaluate_each(
        [sla.Alarm(at(8, 1), at(8, 4), resource_id="r1"), sla.Alarm(at(8, 1), at(8, 4), resource_id="r2")],
        start=at(8),
        end=at(9),
        zone="UTC",
        as_of=at(9),
        maintenance=[work, sla.MaintenanceWindow(at(8, 1), at(8, 2))],
    )
    applies_to = {key: [line["applies_to"] for line in detail_of(reports[key])["exclusions"]] for key in ("r1", "r2")}
    assert applies_to == {"r1": ["everybody", "everybody"], "r2": ["resource_id r1", "everybody"]}
    assert [downtime for _, _, downtime in lines_of(reports["r1"])] == [2, 1]
    assert [downtime for _, _, downtime in lines_of(reports["r2"])] == [0, 1]


@pytest.mark.parametrize("applies_to", [None, {"resource_id": "r1"}])
def test_work_that_excuses_only_what_it_caused_is_listed_as_it_excuses(applies_to: Any) -> None:
    """An outage that was there when the work began takes its time out of the window; other exclusions stay whole."""
    report = report_of(
        [sla.Alarm(at(8, 1), at(8, 4), resource_id="r1"), sla.Alarm(at(8, 5), at(8, 6), resource_id="r1")],
        at(8),
        at(9),
        policy=sla.SLAPolicy(planned_work=sla.PlannedWork(excuses="caused")),
        maintenance=[sla.MaintenanceWindow(at(8, 2), at(8, 7), applies_to=applies_to, reason="card")],
        exclusions=[sla.Exclusion(at(8, 2), at(8, 7), reason="no access", applies_to={"resource_id": "r9"})],
    )
    assert lines_of(report) == [
        ("maintenance of 2025-10-08 02:00 UTC (card)", 3, 1),
        ("exclusion of 2025-10-08 02:00 UTC (no access)", 5, 0),
    ]


def test_late_and_refused_windows_are_in_quality_and_in_no_line() -> None:
    """Emergency work is refused by its kind, and occurrences of one window are one entry."""
    report = report_of(
        [],
        at(8),
        at(11),
        maintenance=[
            sla.MaintenanceWindow(at(8, 1), at(8, 2), kind="emergency", recurrence="FREQ=DAILY", reason="card"),
            sla.MaintenanceWindow(at(9, 1), at(9, 2), entered_at=at(9, 3), reason="late"),
        ],
    )
    quality = detail_of(report)["quality"]
    assert quality["accepted_windows"] == quality["late_windows"] == ["maintenance of 2025-10-09 01:00 UTC (late)"]
    assert quality["refused_windows"] == ["maintenance of 2025-10-08 01:00 UTC (card): emergency work is not accepted"]
    assert lines_of(report) == [("maintenance of 2025-10-09 01:00 UTC (late)", 1, 0)]


def test_a_record_names_its_policy_and_a_custom_accounting_by_its_cells() -> None:
    """A named accounting is said by its name alone."""
    policy = sla.SLAPolicy(accounting=CUSTOM)
    detail = detail_of(report_of([], at(8), at(9), policy=policy))
    assert detail["policy"] == policy.fingerprint
    assert detail["accounting"] == "CUSTOM"
    assert detail["accounting_cells"] == {
        "AGREED/DOWN": "DOWN",
        "AGREED/EXCUSED_MAINTENANCE": "UP",
        "AGREED/EXCUSED_OTHER": "UP",
        "AGREED/UNKNOWN": "UP",
        "AGREED/UP": "UP",
    }
    assert "accounting_cells" not in detail_of(report_of([], at(8), at(9)))


def test_the_digest_of_a_day_is_of_what_meets_that_day() -> None:
    """Rows of other days and the order of rows change nothing; a row of more than a week is of each of its days."""
    rows = [
        sla.Alarm(at(1), at(20), id="long"),
        sla.Alarm(at(8, 1), at(8, 2), id="a"),
        sla.Alarm(at(8, 1), at(8, 2), id="minor", severity="minor"),
        sla.Alarm(at(9, 1), at(9, 2), id="b"),
    ]
    eighth, ninth = report_of(rows, at(8), at(10)).as_dicts(detail=True)
    alone = report_of([rows[1], rows[0]], at(8), at(9)).as_dicts(detail=True)
    assert eighth["input_digest"] == alone[0]["input_digest"] != ninth["input_digest"]
    nothing = report_of([], at(8), at(9)).detailed_record()
    assert nothing["input_digest"] == input_digest([])


def test_the_digest_changes_with_a_window_and_a_correction() -> None:
    """Both are what the record was made from."""
    row = sla.Alarm(at(8, 1), at(8, 2), id="a")
    correction = sla.Correction("a", ends=at(8, 3), reason="seen", author="M. Ade", entered_at=at(9))
    reports = [
        report_of([row], at(8), at(9)),
        report_of([row], at(8), at(9), maintenance=[(at(8, 1), at(8, 2))]),
        report_of([row], at(8), at(9), corrections=[correction]),
    ]
    assert len({detail_of(report)["input_digest"] for report in reports}) == 3


def test_csv_has_a_sentence_for_each_exclusion() -> None:
    """And a column for each cell of a custom accounting."""
    report = report_of(
        [],
        at(8),
        at(9),
        policy=sla.SLAPolicy(accounting=CUSTOM),
        maintenance=[(at(8, 1), at(8, 2)), (at(8, 5), at(8, 6))],
    )
    header, row = records_csv(report.as_dicts(detail=True)).splitlines()
    assert "accounting_cells.AGREED/UNKNOWN" in header
    assert "maintenance given as times alone, planned, for everybody: 2 h, took 0 s of downtime" in row


def test_an_author_is_text() -> None:
    """As a reason is."""
    with pytest.raises(sla.SLAComplianceError, match="author is 7"):
        sla.MaintenanceWindow(at(8), at(9), author=7)  # type: ignore[arg-type]


def test_details_of_a_quarter_with_fifty_windows_take_a_few_milliseconds_a_record() -> None:
    """Also with many rows."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    windows = [
        sla.MaintenanceWindow(start + rank * HOUR * 40, start + rank * HOUR * 40 + HOUR, recurrence="FREQ=WEEKLY")
        for rank in range(25)
    ]
    windows += [
        sla.MaintenanceWindow(start + rank * HOUR * 80, start + rank * HOUR * 81, applies_to={"resource_id": "r1"})
        for rank in range(1, 26)
    ]
    alarms = [
        sla.Alarm(start + rank * HOUR / 5, start + rank * HOUR / 5 + HOUR / 20, id=rank, resource_id=f"r{rank % 9}")
        for rank in range(10_000)
    ]
    report = report_of(alarms, start, start + 90 * 24 * HOUR, maintenance=windows)
    _ = report.quality, report.days
    began_s = perf_counter()
    records = report.as_dicts(detail=True)
    assert len(records) == 90
    assert (perf_counter() - began_s) / 90 < 0.02
