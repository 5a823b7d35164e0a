"""Contracts at their edges: windows by themselves, work that an outage preceded, keys of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.calendars.planned_work import RefusedWork
from sla_compliance.contract import Contract, read_contract
from sla_compliance.intervals import ALWAYS, NEVER, IntervalSet
from tests.unit.moments import HOUR_US, at, us

OF_A: dict[str, Any] = {"applies_to": {"resource_id": ["a"]}}


def contract(**terms: Any) -> Contract:
    """Return the contract of 8 October."""
    return read_contract(
        **{"zone": "UTC", "start_us": us(at(8)), "end_us": us(at(9)), "policy": sla.SLAPolicy(), **terms}
    )


def times(*hours: tuple[int, int]) -> IntervalSet:
    """Return stretches of 8 October by hours."""
    return IntervalSet.from_pairs([(us(at(8)) + start * HOUR_US, us(at(8)) + end * HOUR_US) for start, end in hours])


def work(start: int, end: int, **facts: Any) -> sla.MaintenanceWindow:
    """Return maintenance by hours of 8 October."""
    return sla.MaintenanceWindow(at(8, start), at(8, end), **facts)


def theft(start: int, end: int, **facts: Any) -> sla.Exclusion:
    """Return another exclusion by hours of 8 October."""
    return sla.Exclusion(at(8, start), at(8, end), reason="theft", **facts)


def test_every_window_is_kept_by_itself_with_what_is_known_of_it() -> None:
    """Pairs as one; the place of a targeted one is that among the targeted exclusions, work first."""
    made = contract(
        maintenance=[work(1, 2, reason="card", author="ann"), (at(8, 3), at(8, 4)), work(5, 6, **OF_A)],
        exclusions=[theft(7, 8, author="bo"), (at(8, 9), at(8, 10)), theft(11, 12, with_children=True, **OF_A)],
    )
    facts = [(window.name, window.kind, window.reason, window.author, window.place) for window in made.windows]
    assert facts == [
        ("maintenance of 2025-10-08 01:00 UTC (card)", "planned", "card", "ann", None),
        ("maintenance of 2025-10-08 05:00 UTC", "planned", "", "", 0),
        ("maintenance given as times alone", "planned", "", "", None),
        ("exclusions given as times alone", "exclusion", "", "", None),
        ("exclusion of 2025-10-08 07:00 UTC (theft)", "exclusion", "theft", "bo", None),
        ("exclusion of 2025-10-08 11:00 UTC (theft)", "exclusion", "theft", "", 1),
    ]
    assert made.maintenance == times((1, 2), (3, 4))
    assert made.exclusions == times((7, 8), (9, 10))
    assert [(item.is_maintenance, item.with_children, item.windows) for item in made.targeted] == [
        (True, False, times((5, 6))),
        (False, True, times((11, 12))),
    ]
    assert [window.times for window in made.windows if window.place is None][-1] == times((7, 8))
    assert made.work == times((1, 2), (3, 4), (5, 6))
    assert contract().windows == ()
    assert (contract().refused, contract().late, contract().work) == ((), (), NEVER)


def test_windows_that_name_a_key_by_itself_are_everybodys_in_its_contract() -> None:
    """Others keep their places, without moving those behind them."""
    pair = {("resource_type", "resource_id"): [("olt", "a")]}
    made = contract(
        maintenance=[work(1, 2, **OF_A), work(3, 4, applies_to={"resource_id": ["b"]}), work(5, 6, applies_to=pair)],
        exclusions=[theft(7, 8, with_children=True, **OF_A), (at(8, 9), at(8, 10))],
    )
    own = made.for_key("resource_id", "a")
    assert own.maintenance == times((1, 2))
    assert own.exclusions == times((7, 8), (9, 10))
    assert [item.windows for item in own.targeted] == [NEVER, times((3, 4)), times((5, 6)), NEVER]
    assert [window.targets is None for window in own.windows] == [True, False, False, True, True]
    assert [window.place for window in own.windows] == [None, 1, 2, None, None]
    assert made.for_key("resource_id", "z") == made
    assert made.for_key("resource_type", "olt") == made


@pytest.mark.parametrize(
    ("outage", "left", "refused"),
    [
        ((0, 2), [(2, 4)], [(1, 2)]),
        ((0, 6), [], [(1, 4)]),
        ((1, 3), [(1, 4)], []),
        ((2, 3), [(1, 4)], []),
        ((0, 1), [(1, 4)], []),
    ],
    ids=["before and into it", "before and after it", "from its start on", "inside", "over before it"],
)
def test_work_excuses_nothing_of_an_outage_that_was_there_when_it_began(
    outage: tuple[int, int], left: list[tuple[int, int]], refused: list[tuple[int, int]]
) -> None:
    """For everybody and for some alarms; what is refused is named with the reason."""
    for facts in ({}, OF_A):
        made = contract(maintenance=[work(1, 4, **facts)], exclusions=[theft(1, 4, **facts)])
        caused = made.with_caused_only(times(outage), us(at(8)), us(at(9)))
        assert caused.work == times(*left)
        assert caused.windows[0].times == times(*left)
        assert caused.windows[1].times == times((1, 4))
        name, reason = "maintenance of 2025-10-08 01:00 UTC", "the outage was there when the work began"
        hours = [(us(at(8)) + start * HOUR_US, us(at(8)) + end * HOUR_US) for start, end in refused]
        assert caused.refused == tuple(RefusedWork(name, reason, start_us, end_us) for start_us, end_us in hours)
        if facts:
            assert [item.windows for item in caused.targeted] == [times(*left), times((1, 4))]
        else:
            assert (caused.maintenance, caused.exclusions) == (times(*left), times((1, 4)))


def test_windows_of_one_target_that_touch_are_one_piece_of_work() -> None:
    """Of different targets each is its own; what is refused beyond the request is not listed."""
    made = contract(maintenance=[work(1, 3, **OF_A), work(3, 5, **OF_A), work(4, 6, applies_to={"id": ["1"]})])
    caused = made.with_caused_only(times((0, 5)), us(at(8)), us(at(9)))
    assert [item.windows for item in caused.targeted] == [NEVER, NEVER, times((5, 6))]
    assert [work.name[-9:-4] for work in caused.refused] == ["01:00", "03:00", "04:00"]
    begun = made.with_caused_only(times((2, 5)), us(at(8)), us(at(9)))
    assert [item.windows for item in begun.targeted] == [times((1, 3)), times((3, 5)), times((5, 6))]
    elsewhere = made.with_caused_only(times((0, 5)), us(at(8, 5)), us(at(9)))
    assert elsewhere.refused == ()
    before = made.with_caused_only(times((0, 5)), us(at(8)), us(at(8, 4)))
    assert [item.start_us for item in before.refused] == [us(at(8, 1)), us(at(8, 3))]
    touching = made.with_caused_only(times((0, 5)), us(at(8, 4)), us(at(8, 5)))
    assert [item.start_us for item in touching.refused] == [us(at(8, 3)), us(at(8, 4))]


def test_an_earlier_refusal_is_kept_beside_one_of_what_was_not_caused() -> None:
    """In the order in which they were found."""
    policy = sla.SLAPolicy(planned_work=sla.PlannedWork(hours=sla.ServiceHours.parse("mon-sun 00:00-03:00")))
    made = contract(maintenance=[work(1, 4)], policy=policy)
    caused = made.with_caused_only(times((0, 2)), us(at(8)), us(at(9)))
    assert [(item.start_us, item.reason[:7]) for item in caused.refused] == [
        (us(at(8, 3)), "outside"),
        (us(at(8, 1)), "the out"),
    ]


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (
            {"maintenance": [theft(1, 2)]},
            "maintenance[0] is a value of type Exclusion; give a pair (start, end) of aware",
        ),
        ({"exclusions": [work(1, 2)]}, "exclusions[0] is a value of type MaintenanceWindow; give a pair (start, end)"),
        (
            {"maintenance": [(at(8), at(9)), [at(8)]]},
            "maintenance[1] is a value of type list; give a pair (start, end)",
        ),
        (
            {"maintenance": [(at(9), at(8))]},
            "maintenance[0] ends at 2025-10-08 00:00:00+00:00, before it starts at 2025",
        ),
        ({"maintenance": 5}, "maintenance is 5; give a list of (start, end) pairs of aware datetimes"),
        ({"in_service": [(at(8), None)]}, "in_service[0].end is None"),
        ({"monitored": [(None, at(8))]}, "monitored[0].start is None"),
        (
            {"service_hours": "mon"},
            "service_hours is 'mon'; give ServiceHours.parse('mon-fri 09:00-17:00'), say, or a list",
        ),
        ({"in_service": "mon"}, "in_service is 'mon'; give a list of (start, end) pairs of aware datetimes"),
    ],
)
def test_what_is_no_window_is_named_by_its_place(terms: dict[str, Any], message: str) -> None:
    """As an attribute too."""
    with pytest.raises(sla.SLAComplianceError) as caught:
        contract(**terms)
    assert str(caught.value).startswith(message)
    assert caught.value.field == message.split(maxsplit=1)[0]


def test_pairs_may_be_lists_and_of_no_length() -> None:
    """And sets of instants are taken as they are."""
    made = contract(in_service=[[at(8), at(9)]], monitored=[(at(8), at(8))], service_hours=times((1, 2)))
    assert (made.in_service, made.monitored, made.service_hours) == (times((0, 24)), NEVER, times((1, 2)))
    assert contract(in_service=None).in_service == ALWAYS
    assert contract(exclusions=[(at(8), at(8))]).exclusions == NEVER


def test_other_exclusions_reach_as_far_as_damping_looks() -> None:
    """A targeted one as well."""
    policy = sla.SLAPolicy(merge_gap=timedelta(hours=2))
    long: tuple[datetime, datetime] = (at(1), at(20))
    made = contract(
        policy=policy, exclusions=[sla.Exclusion(*long, reason="x"), sla.Exclusion(*long, reason="y", **OF_A)]
    )
    assert made.exclusions == made.targeted[0].windows == times((-2, 26))
