"""Inventories: units, the devices they share, terms of their own, and mappings that become one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

import pytest

import sla_compliance as sla
from sla_compliance import Doubt, DoubtCause
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from tests.unit.moments import HOUR_US, at, us

TERMS: dict[str, Any] = {"start": at(8), "end": at(9), "zone": "UTC", "as_of": at(9)}
Unkeyed = Literal["doubt", "everybody", "nobody"]

# c-1 and c-2 hang on olt-1, which hangs on pop; c-3 hangs on two OLTs; c-4 on nothing.
UNITS = (
    sla.Unit("pop"),
    sla.Unit("olt-1", parents=["pop"]),
    sla.Unit("olt-2", parents=["pop"]),
    sla.Unit("c-1", parents=["olt-1"]),
    sla.Unit("c-2", parents=["olt-1"]),
    sla.Unit("c-3", parents=["olt-1", "olt-2"]),
    sla.Unit("c-4"),
)
INVENTORY = sla.Inventory(UNITS)


def alarm(start: int, end: int, resource: Any = None, customer: Any = None, **fields: Any) -> sla.Alarm:
    """Return an alarm by hours of 8 October."""
    return sla.Alarm(at(8, start), at(8, end), resource_id=resource, customer_id=customer, **fields)


def hours_down(each: dict[Any, sla.ComplianceReport]) -> dict[Any, float]:
    """Return the counted downtime of each key, in hours."""
    return {key: report.total.downtime_us / HOUR_US for key, report in each.items()}


class TestUnits:
    """What a unit and an inventory accept."""

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"key": None}, "key is None; give a text or number"),
            ({"key": []}, "key holds what cannot be a key"),
            ({"key": "a", "parents": "olt"}, "parents is 'olt'; give several keys"),
            ({"key": "a", "parents": [""]}, "parents is None; give a text or number"),
            ({"key": "a", "target": 101}, "target is 101"),
            ({"key": "a", "in_service": at(8)}, "in_service is"),
            ({"key": "a", "service_hours": 7}, "service_hours is 7"),
            ({"key": "a", "zone": "Mars/Base"}, "'Mars/Base'"),
            ({"key": "a", "title": 7}, "title is 7; give text"),
        ],
    )
    def test_a_bad_argument_is_named(self, arguments: dict[str, Any], message: str) -> None:
        """One error of the library."""
        with pytest.raises(sla.SLAComplianceError, match=message.replace("(", "\\(")):
            sla.Unit(**arguments)

    def test_a_unit_is_plain_data(self) -> None:
        """Equal where all is equal; pairs are kept as sets of instants."""
        unit = sla.Unit("a", in_service=[(at(8), at(9))], service_hours=[], zone="UTC", target=99, title="A")
        assert unit == sla.Unit("a", in_service=[(at(8), at(9))], service_hours=[], zone="UTC", target=99, title="A")
        assert unit.in_service == IntervalSet((us(at(8)),), (us(at(9)),))
        assert unit.service_hours == IntervalSet()
        assert len({unit, sla.Unit("a"), sla.Unit("a")}) == 2

    @pytest.mark.parametrize(
        ("units", "message"),
        [
            ([sla.Unit("a"), "b"], r"units\[1\] is 'b'; give a Unit"),
            ([sla.Unit("a"), sla.Unit("a")], "units has the key 'a' twice"),
            ([sla.Unit(17), sla.Unit("17")], "units has the key '17' twice"),
            ([sla.Unit("a", parents=["olt"])], "units has no 'olt', a parent of 'a'; add a Unit of that key"),
            ([sla.Unit("a", parents=["a"])], "parents in a circle, 'a' -> 'a'"),
            ("ab", "units is 'ab'; give several Unit"),
        ],
    )
    def test_an_inventory_that_contradicts_itself_is_refused_by_name(self, units: Any, message: str) -> None:
        """Also where the contradiction is of many units."""
        with pytest.raises(sla.SLAComplianceError, match=message):
            sla.Inventory(units)

    def test_a_circle_of_parents_is_refused_by_its_names(self) -> None:
        """However long it is."""
        units = [sla.Unit(f"u{number}", parents=[f"u{(number + 1) % 5}"]) for number in range(5)]
        with pytest.raises(sla.InvalidValueError, match="in a circle") as caught:
            sla.Inventory(units)
        assert all(f"'u{number}'" in str(caught.value) for number in range(5))

    def test_ancestors_are_those_at_any_depth(self) -> None:
        """A chain of thousands is no deeper a stack; a shared one is there once."""
        assert INVENTORY.ancestors["c-3"] == {"olt-1", "olt-2", "pop"}
        assert INVENTORY.ancestors["pop"] == frozenset()
        assert INVENTORY.parent_keys == {"olt-1", "olt-2", "pop"}
        chain = [sla.Unit(0), *(sla.Unit(number, parents=[number - 1]) for number in range(1, 2_000))]
        assert len(sla.Inventory(chain).ancestors["1999"]) == 1_999

    def test_units_in_a_plain_list_are_refused(self) -> None:
        """Their parents and terms would be lost."""
        with pytest.raises(sla.InvalidTypeError, match="inventory is a value of type Unit; give an Inventory"):
            sla.evaluate_each([], inventory=[sla.Unit("a")], **TERMS)


class TestRows:
    """Mappings become an inventory."""

    def test_names_are_those_of_the_arguments(self) -> None:
        """As text from a file, or as values; absent ones are left out."""
        rows: list[dict[str, Any]] = [
            {"key": "pop", "parents": "", "target": None},
            {"key": "olt", "parents": "pop", "service_hours": "mon-fri 09:00-17:00", "title": "OLT, north"},
            {
                "key": 7,
                "parents": ["pop", "olt"],
                "target": "99.95",
                "zone": "Africa/Lagos",
                "in_service": "2025-10-20..",
            },
            {"key": "c", "parents": "pop  olt", "service_hours": [], "in_service": [(at(8), at(9))]},
        ]
        inventory = sla.Inventory.from_rows(rows)
        assert inventory.units == (
            sla.Unit("pop"),
            sla.Unit(
                "olt",
                parents=["pop"],
                service_hours=sla.ServiceHours.parse("mon-fri 09:00-17:00"),
                title="OLT, north",
            ),
            sla.Unit(
                7,
                parents=["pop", "olt"],
                target="99.95",
                zone="Africa/Lagos",
                in_service=IntervalSet((us(at(19, 23)),), (ALWAYS_END_US,)),
            ),
            sla.Unit("c", parents=["pop", "olt"], service_hours=[], in_service=[(at(8), at(9))]),
        )

    @pytest.mark.parametrize(
        ("text", "start_us", "end_us"),
        [
            ("2025-10-08..2025-10-09", us(at(7, 23)), us(at(9, 23))),
            ("2025-10-08", us(at(7, 23)), ALWAYS_END_US),
            (" 2025-10-08 .. 2025-10-09 ", us(at(7, 23)), us(at(9, 23))),
            ("..2025-10-09T00:00:00Z", ALWAYS_START_US, us(at(9))),
            ("2025-10-08T01:00:00+01:00..", us(at(8)), ALWAYS_END_US),
        ],
    )
    def test_time_in_service_is_text_with_either_end(self, text: str, start_us: int, end_us: int) -> None:
        """A date as an end is included; dates are those of the zone that is given for all."""
        inventory = sla.Inventory.from_rows([{"key": "a", "in_service": text}], zone="Africa/Lagos")
        assert inventory.units[0].in_service == IntervalSet((start_us,), (end_us,))

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ({"key": ""}, r"rows\[0\].key is empty"),
            ({"key": "a", "targt": 99}, r"rows\[0\].targt is no column; units have key, parents"),
            ({"key": "a", "target": "high"}, r"rows\[0\].target is 'high'"),
            ({"key": "a", "in_service": ".."}, r"rows\[0\].in_service is '..'; give 2026-10-08..2026-12-31"),
            ({"key": "a", "in_service": "2025-10-08"}, "give a timestamp with an offset, or the zone of 2025-10-08"),
            ({"key": "a", "zone": "UTC", "in_service": "2025-10-08..2025-10-06"}, "which ends before it starts"),
            ({"key": "a", "zone": "UTC", "in_service": "..9999-12-31"}, r"rows\[0\].in_service is .* outside"),
            ({"key": "a", "in_service": "8 October 2025"}, r"in_service is '8 October 2025'; give 2026-10-08..2026-12"),
            (
                {"key": "a", "in_service": "2025-10-08 - 2025-10-09"},
                "is '2025-10-08 - 2025-10-09'; give 2026-10-08",
            ),
            ({"key": "a", "in_service": "08.10.2025.."}, "in_service is '08.10.2025'; give 2026-10-08..2026-12-31"),
            ({"key": "a", "service_hours": "9 to 5"}, r"rows\[0\].service_hours"),
            ("a", r"rows\[0\] is 'a'; give a mapping"),
        ],
    )
    def test_a_row_that_is_no_unit_is_named(self, row: Any, message: str) -> None:
        """By its place and its column."""
        with pytest.raises(sla.SLAComplianceError, match=message):
            sla.Inventory.from_rows([row])


class TestSharedDevices:
    """An alarm on a parent is downtime of all that depend on it."""

    @pytest.mark.parametrize("by", ["resource_id", "customer_id"])
    def test_it_is_on_a_parent_by_the_column_or_by_its_resource(self, by: str) -> None:
        """At any depth, and overlaps count once."""
        alarms = [alarm(1, 2, "pop"), alarm(3, 5, "olt-1"), alarm(4, 6, "olt-2"), alarm(8, 9, "c-1", "c-1")]
        each = sla.evaluate_each(alarms, by=by, inventory=INVENTORY, **TERMS)
        assert hours_down(each) == {"pop": 1, "olt-1": 3, "olt-2": 3, "c-1": 4, "c-2": 3, "c-3": 4, "c-4": 0}
        assert all(report.is_confirmed for report in each.values())

    def test_a_row_is_once_in_a_report_however_it_is_reached(self) -> None:
        """It names the parent in both columns, and its customer too."""
        rows = [alarm(1, 2, "olt-1", "olt-1"), alarm(3, 4, "olt-1", "c-1"), alarm(5, 6, "olt-1", "stranger")]
        each = sla.evaluate_each(rows, by="customer_id", inventory=INVENTORY, **TERMS)
        assert hours_down(each) == {
            "pop": 0, "olt-1": 3, "olt-2": 0, "c-1": 3, "c-2": 3, "c-3": 3, "c-4": 0, "stranger": 1,
        }  # fmt: skip
        assert [len(each[key].batch) for key in ("olt-1", "c-1", "c-2", "stranger")] == [3, 3, 3, 1]

    def test_a_resource_that_none_depends_on_is_no_device(self) -> None:
        """By customer, a row of an unknown resource names no key."""
        rows = [alarm(1, 2, "c-4"), alarm(3, 4, "elsewhere")]
        each = sla.evaluate_each(rows, by="customer_id", inventory=INVENTORY, **TERMS)
        assert each.keys() == {unit.key for unit in UNITS}
        assert each["c-4"].bounds().because == (Doubt(DoubtCause.UNKEYED, 2, 2 * HOUR_US),)

    def test_keys_of_parents_are_text(self) -> None:
        """UUIDs and numbers meet the text of rows."""
        olt = UUID(int=5)
        inventory = sla.Inventory([sla.Unit(olt), sla.Unit(17, parents=[str(olt)]), sla.Unit("18", parents=[olt])])
        rows = [alarm(1, 2, str(olt)), alarm(3, 5, olt), alarm(6, 7, 18)]
        assert hours_down(sla.evaluate_each(rows, inventory=inventory, **TERMS)) == {olt: 3, 17: 3, "18": 4}

    def test_without_parents_an_inventory_is_a_list_of_keys(self) -> None:
        """Rows without the key have a report of their own."""
        inventory = sla.Inventory([sla.Unit("r1"), sla.Unit("r2")])
        each = sla.evaluate_each([alarm(1, 2, "r1"), alarm(4, 6)], inventory=inventory, **TERMS)
        assert hours_down(each) == {"r1": 1, "r2": 0, None: 2}

    @pytest.mark.parametrize(
        ("unkeyed", "hours", "line"),
        [
            ("doubt", 1, "2 rows without the key, in doubt for every key: 3 h of downtime, the first: power"),
            ("everybody", 4, "2 rows without the key, counted for every key: 3 h of downtime, the first: power"),
            ("nobody", 1, "2 rows without the key, counted for no key: 3 h of downtime, the first: power"),
        ],
    )
    def test_reports_name_the_rows_without_the_key_and_their_time(
        self, unkeyed: Unkeyed, hours: int, line: str
    ) -> None:
        """Whosever they are; rows of another day are not named."""
        rows = [
            alarm(1, 2, "olt-1"),
            alarm(4, 6, title="power"),
            alarm(8, 9, "elsewhere"),
            alarm(8, 9, severity="minor"),
            sla.Alarm(at(5), at(6)),
        ]
        each = sla.evaluate_each(rows, by="customer_id", inventory=INVENTORY, unkeyed=unkeyed, **TERMS)
        assert None not in each
        assert hours_down(each)["c-1"] == hours
        assert line in each["c-1"].quality.lines()
        assert bool(each["c-1"].bounds().because) == (unkeyed == "doubt")

    def test_bad_rows_of_a_device_are_doubt_of_all_that_depend_on_it(self) -> None:
        """They are on it as good ones are."""
        rows = [alarm(3, 1, "olt-1"), alarm(3, 1, "c-4", "c-4"), alarm(5, 4)]
        each = sla.evaluate_each(rows, by="customer_id", inventory=INVENTORY, on_invalid="quarantine", **TERMS)
        causes = {key: {doubt.cause for doubt in report.bounds().because} for key, report in each.items()}
        assert causes["c-1"] == causes["olt-1"] == {DoubtCause.SET_ASIDE, DoubtCause.UNKEYED}
        assert causes["olt-2"] == {DoubtCause.UNKEYED}
        assert [row.row for row in each["c-4"].quality.rejected] == [1]
        shared = sla.evaluate_each(
            rows, by="customer_id", inventory=INVENTORY, unkeyed="everybody", on_invalid="quarantine", **TERMS
        )
        assert [row.row for row in shared["c-1"].quality.rejected] == [0, 2]

    def test_work_on_a_device_excuses_its_alarms_in_every_report(self) -> None:
        """It is everybody's only in the report of the device itself."""
        work = sla.MaintenanceWindow(at(8, 3), at(8, 5), applies_to={"resource_id": "olt-1"})
        each = sla.evaluate_each([alarm(3, 5, "olt-1")], inventory=INVENTORY, maintenance=[work], **TERMS)
        agreed, maintenance = sla.Scope.AGREED, sla.Scope.MAINTENANCE
        assert each["c-1"].total.segments[agreed, sla.State.EXCUSED_MAINTENANCE] == 2 * HOUR_US
        assert each["olt-1"].total.segments[maintenance, sla.State.DOWN] == 2 * HOUR_US


class TestOwnTerms:
    """A unit has its own target, time in service, hours and zone; what it does not say is as for all."""

    ALARMS = (alarm(10, 11, "gold"), alarm(10, 11, "plain"))

    def report(self, unit: sla.Unit, **terms: Any) -> sla.ComplianceReport:
        """Return the report of one unit beside a plain one, which must not change."""
        inventory = sla.Inventory([unit, sla.Unit("plain")])
        each = sla.evaluate_each(self.ALARMS, inventory=inventory, **{**TERMS, **terms})
        alone = sla.evaluate_each(self.ALARMS, **{**TERMS, **terms})
        assert each["plain"].days == alone["plain"].days
        assert each["plain"].title is None
        return each[unit.key]

    def test_gold_is_judged_by_its_own_target(self) -> None:
        """On the same cells."""
        report = self.report(sla.Unit("gold", target="95.9", title="Gold, Abuja"), policy=sla.SLAPolicy(95))
        assert report.total.verdict is sla.Verdict.BREACHED
        assert report.policy.target_ratio == report.days[0].target_ratio == Fraction(959, 1000)
        assert report.title == "Gold, Abuja"

    def test_a_unit_is_in_service_from_its_activation_on(self) -> None:
        """Before, nothing was owed."""
        report = self.report(sla.Unit("gold", in_service=[(at(8, 12), at(9))]))
        assert report.total.segments[sla.Scope.NOT_IN_SERVICE, sla.State.DOWN] == HOUR_US
        assert report.total.observed_us == 12 * HOUR_US

    def test_its_hours_are_on_its_own_wall_clock(self) -> None:
        """09:00-12:00 in Lagos is an hour earlier; without a zone of its own it is that of all."""
        hours = sla.ServiceHours.parse("mon-sun 09:00-11:30")
        assert self.report(sla.Unit("gold", service_hours=hours)).total.downtime_us == HOUR_US
        in_lagos = self.report(sla.Unit("gold", service_hours=hours, zone="Africa/Lagos"))
        assert in_lagos.total.downtime_us == HOUR_US // 2
        assert in_lagos.zone == "Africa/Lagos"
        assert [day.date.day for day in in_lagos.days] == [8, 9]

    def test_common_hours_and_recurring_work_are_read_in_its_zone(self) -> None:
        """A window at 10:00 each day without a zone of its own is at 10:00 in Lagos, 09:00 UTC."""
        work = sla.MaintenanceWindow(at(8, 10), at(8, 11), recurrence="FREQ=DAILY", zone=None)
        report = self.report(sla.Unit("gold", zone="Africa/Lagos"), maintenance=[work])
        expected = sla.evaluate([self.ALARMS[0]], **{**TERMS, "zone": "Africa/Lagos"}, maintenance=[work])
        assert report.days == expected.days

    def test_windows_of_its_own_key_hold_under_its_own_terms(self) -> None:
        """The scope of maintenance, and its own time in service."""
        work = sla.MaintenanceWindow(at(8, 10), at(8, 11), applies_to={"resource_id": "gold"})
        unit = sla.Unit("gold", in_service=[(at(8, 6), at(9))])
        report = self.report(unit, maintenance=[work])
        assert report.total.segments[sla.Scope.MAINTENANCE, sla.State.DOWN] == HOUR_US
        assert report.total.segments[sla.Scope.NOT_IN_SERVICE, sla.State.UP] == 6 * HOUR_US

    def test_units_of_the_same_terms_share_a_frame(self) -> None:
        """So an inventory of thousands is read once for each set of terms."""
        units = [sla.Unit(number, target=99, in_service=[(at(8), at(9))]) for number in range(3)]
        each = sla.evaluate_each([], by="resource_id", inventory=sla.Inventory(units), **TERMS)
        assert len({id(report.ledger.frame) for report in each.values()}) == 1
