"""evaluate_each(): keys as text, rows without the key, windows that name a report's own key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

import pytest

import sla_compliance as sla
from sla_compliance import Doubt, DoubtCause
from sla_compliance.intervals import IntervalSet
from tests.unit.moments import HOUR_US, at, us

TERMS: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(9)}
Unkeyed = Literal["doubt", "everybody", "nobody"]


def hours_down(each: dict[Any, sla.ComplianceReport]) -> dict[Any, float]:
    """Return the counted downtime of each key, in hours."""
    return {key: report.total.downtime_us / HOUR_US for key, report in each.items()}


def alarm(start: int, end: int, resource: Any = None, **fields: Any) -> sla.Alarm:
    """Return an alarm by hours of 8 October."""
    return sla.Alarm(at(8, start), at(8, end), resource_id=resource, **fields)


class TestKeys:
    """Keys are compared as text."""

    def test_an_inventory_meets_the_rows_text(self) -> None:
        """Its objects are the keys; rows name others."""
        key = UUID(int=5)
        alarms = [alarm(1, 2, str(key)), alarm(3, 5, key), alarm(6, 7, 17)]
        each = sla.evaluate_each(alarms, inventory=[key, 17, "quiet"], **TERMS)
        assert hours_down(each) == {key: 3, 17: 1, "quiet": 0}

    def test_keys_of_rows_that_read_alike_are_one(self) -> None:
        """The first stands for them."""
        each = sla.evaluate_each([alarm(1, 2, 17), alarm(3, 4, "17")], **TERMS)
        assert hours_down(each) == {17: 2}
        assert hours_down(sla.evaluate_each([], inventory=["17", 17], **TERMS)) == {"17": 0}
        assert hours_down(sla.evaluate_each([], inventory=["17", None], **TERMS)) == {"17": 0, None: 0}

    def test_a_key_whose_rows_are_all_bad_keeps_them(self) -> None:
        """Also where rows of it are written in two ways."""
        bad, good = sla.Alarm(at(8, 2), at(8, 1), resource_id=17), alarm(3, 4, "17")  # type: ignore[arg-type]
        for rows in ([bad, good], [good, bad], [bad, bad]):
            each = sla.evaluate_each(rows, on_invalid="quarantine", **TERMS)
            assert sum(len(report.quality.rejected) for report in each.values()) == rows.count(bad)
            assert len(each) == 1

    def test_what_a_source_observed_holds_for_every_key(self) -> None:
        """Also for one with a window of its own."""
        batch = replace(
            sla.AlarmBatch.from_alarms([alarm(1, 2, "r1")]), monitored=IntervalSet((us(at(8)),), (us(at(8, 6)),))
        )
        work = sla.MaintenanceWindow(at(8, 3), at(8, 4), applies_to={"resource_id": "r2"})
        each = sla.evaluate_each(batch, inventory=["r2"], maintenance=[work], **TERMS)
        assert each["r1"].total.observed_us == 6 * HOUR_US
        assert each["r2"].total.observed_us == 5 * HOUR_US

    def test_no_rows_and_an_inventory_need_no_column(self) -> None:
        """By a column that alarms have, or that the batch carries."""
        assert hours_down(sla.evaluate_each([], by="customer_id", inventory=["c1"], **TERMS)) == {"c1": 0}
        empty = sla.AlarmBatch.from_columns(starts_us=[], ends_us=[], more={"circuit": []})
        assert hours_down(sla.evaluate_each(empty, by="circuit", inventory=["x"], **TERMS)) == {"x": 0}

    def test_a_key_that_cannot_be_text_is_refused(self) -> None:
        """Whatever it raises."""

        class Raising:
            def __str__(self) -> str:
                raise RuntimeError("no text")

        with pytest.raises(sla.InvalidTypeError, match="inventory holds what cannot be a key"):
            sla.evaluate_each([], inventory=[Raising()], **TERMS)
        with pytest.raises(sla.InvalidAlarmsError, match="alarms\\[0\\].resource_id"):
            sla.evaluate_each([alarm(1, 2, Raising())], **TERMS)


class TestUnkeyed:
    """Rows that name no key: an OLT's row names no customer."""

    ROWS = (alarm(1, 2, "r1"), alarm(4, 6), alarm(7, 8, severity="minor"))

    @pytest.mark.parametrize(
        ("unkeyed", "hours"),
        [
            ("doubt", {"r1": 1, "r2": 0, None: 2}),
            ("everybody", {"r1": 3, "r2": 2}),
            ("nobody", {"r1": 1, "r2": 0}),
        ],
    )
    def test_whose_they_are_is_agreed_or_in_doubt(self, unkeyed: Unkeyed, hours: dict[Any, float]) -> None:
        """Where it is agreed there is no report under None."""
        each = sla.evaluate_each(self.ROWS, inventory=["r2"], unkeyed=unkeyed, **TERMS)
        assert hours_down(each) == hours

    @pytest.mark.parametrize(
        ("unkeyed", "because"),
        [("doubt", (Doubt(DoubtCause.UNKEYED, 1, 2 * HOUR_US),)), ("everybody", ()), ("nobody", ())],
    )
    def test_where_it_is_not_agreed_each_key_is_in_doubt(self, unkeyed: Unkeyed, because: tuple[Doubt, ...]) -> None:
        """Nobody's in the record, everybody's in the pessimistic reading."""
        each = sla.evaluate_each(self.ROWS, inventory=["r2"], unkeyed=unkeyed, **TERMS)
        assert each["r1"].bounds().because == each["r2"].bounds().because == because
        assert each["r2"].is_confirmed == (unkeyed != "doubt")
        if unkeyed == "doubt":
            assert each[None].bounds().because == ()
            assert each["r2"].readings.pessimistic.segments[sla.Scope.AGREED, sla.State.DOWN] == 2 * HOUR_US

    def test_what_else_may_have_been_an_outage_without_a_key_is_doubt_too(self) -> None:
        """Rows set aside, severities overwritten, rows without a start."""
        rows = [
            alarm(1, 2, "r1"),
            alarm(3, 4, severity="fatal"),
            alarm(5, 7, severity="cleared"),
            sla.Alarm(None),  # type: ignore[arg-type]
        ]
        each = sla.evaluate_each(rows, on_invalid="quarantine", **TERMS)
        assert set(each["r1"].bounds().because) == {
            Doubt(DoubtCause.UNKEYED, 2, 3 * HOUR_US),
            Doubt(DoubtCause.NO_START, 1, 0),
        }
        agreed = sla.evaluate_each(rows, on_invalid="quarantine", unkeyed="nobody", **TERMS)
        assert agreed["r1"].is_confirmed
        shared = sla.evaluate_each(rows, on_invalid="quarantine", unkeyed="everybody", **TERMS)
        assert {doubt.cause for doubt in shared["r1"].bounds().because} == {
            DoubtCause.SET_ASIDE,
            DoubtCause.OVERWRITTEN,
            DoubtCause.NO_START,
        }

    def test_a_bad_row_of_a_key_is_no_other_key_s_doubt(self) -> None:
        """It says whose it is."""
        rows = [alarm(1, 2, "r1", severity="fatal"), alarm(3, 4, "r2")]
        each = sla.evaluate_each(rows, on_invalid="quarantine", **TERMS)
        assert [doubt.cause for doubt in each["r1"].bounds().because] == [DoubtCause.SET_ASIDE]
        assert each["r2"].bounds().because == ()

    def test_polling_widens_the_doubt_of_unkeyed_rows(self) -> None:
        """They may have begun earlier, too."""
        each = sla.evaluate_each(self.ROWS, inventory=["r2"], **TERMS)
        assert each["r2"].bounds().low == Fraction(22, 24)
        assert each["r2"].bounds(polled_every=timedelta(hours=1)).low == Fraction(21, 24)

    def test_everybody_s_rows_keep_what_excuses_them(self) -> None:
        """Targeted windows match rows, whoever's report they stand in."""
        work = sla.MaintenanceWindow(at(8, 4), at(8, 5), applies_to={"alarm_id": "olt"})
        rows = [alarm(1, 2, "r1"), alarm(4, 6, alarm_id="olt")]
        each = sla.evaluate_each(rows, unkeyed="everybody", maintenance=[work], **TERMS)
        assert hours_down(each) == {"r1": 2}


class TestOwnWindows:
    """A window that names a report's own key, by itself, is everybody's in that report."""

    def test_it_sets_the_scope_there_and_is_targeted_elsewhere(self) -> None:
        """Whatever other columns it names."""
        own: dict[str, Any] = {"resource_id": ["r1"], "customer_id": ["c9"]}
        work = sla.MaintenanceWindow(at(8, 9), at(8, 11), applies_to=own)
        theft = sla.Exclusion(at(8, 14), at(8, 15), reason="theft", applies_to=own)
        alarms = [alarm(9, 10, "r1"), alarm(9, 10, "r2", customer_id="c9"), alarm(9, 10, "r3")]
        each = sla.evaluate_each(alarms, maintenance=[work], exclusions=[theft], **TERMS)
        first = each["r1"].total.segments
        assert first[sla.Scope.MAINTENANCE, sla.State.DOWN] == first[sla.Scope.MAINTENANCE, sla.State.UP] == HOUR_US
        assert first[sla.Scope.EXCLUDED, sla.State.UP] == HOUR_US
        assert each["r2"].total.segments[sla.Scope.AGREED, sla.State.EXCUSED_MAINTENANCE] == HOUR_US
        assert each["r3"].total.segments[sla.Scope.AGREED, sla.State.DOWN] == HOUR_US

    def test_named_together_with_another_column_it_stays_targeted(self) -> None:
        """It speaks of some of that key's alarms."""
        several = {("resource_type", "resource_id"): [("olt", "r1")]}
        work = sla.MaintenanceWindow(at(8, 9), at(8, 10), applies_to=several)
        each = sla.evaluate_each([alarm(9, 10, "r1", resource_type="olt")], maintenance=[work], **TERMS)
        assert each["r1"].total.segments[sla.Scope.AGREED, sla.State.EXCUSED_MAINTENANCE] == HOUR_US

    def test_keys_are_text_here_too(self) -> None:
        """An inventory of numbers meets a window of texts."""
        work = sla.MaintenanceWindow(at(8, 9), at(8, 10), applies_to={"resource_id": "17"})
        each = sla.evaluate_each([], inventory=[17], maintenance=[work], **TERMS)
        assert each[17].total.segments[sla.Scope.MAINTENANCE, sla.State.UP] == HOUR_US

    def test_parents_are_found_in_all_keys_rows(self) -> None:
        """A customer's alarm is excused by work on the device above it."""
        work = sla.MaintenanceWindow(at(8, 9), at(8, 12), applies_to={"resource_id": "olt"}, with_children=True)
        alarms = [alarm(9, 10, "olt", id="parent"), alarm(10, 11, "ont", parent_alarm_id="parent")]
        each = sla.evaluate_each(alarms, maintenance=[work], **TERMS)
        assert each["ont"].total.segments[sla.Scope.AGREED, sla.State.EXCUSED_MAINTENANCE] == HOUR_US
