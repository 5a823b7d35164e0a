"""Laws of shared devices: reports of random inventories beside those of the rows picked one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import sla_compliance as sla
from tests.unit.moments import at

NAMES = ("a", "b", "c", "d", "e")
TERMS: dict[str, Any] = {"start": at(8), "end": at(10), "zone": "UTC", "as_of": at(9, 12), "on_invalid": "quarantine"}

names = st.sampled_from((*NAMES, "stranger", None))
parent_lists = st.tuples(*(st.sets(st.sampled_from(NAMES[:rank])) if rank else st.just(set()) for rank in range(5)))


@st.composite
def alarms(draw: st.DrawFn) -> sla.Alarm:
    """Return an alarm of whole hours; some end before they start, and some are still active."""
    start = at(8) + timedelta(hours=draw(st.integers(-3, 50)))
    length = draw(st.one_of(st.none(), st.integers(-1, 9)))
    return sla.Alarm(
        start,
        None if length is None else start + timedelta(hours=length),
        resource_id=draw(names),
        customer_id=draw(names),
        severity=draw(st.sampled_from(("critical", "minor", "cleared"))),
    )


def ancestors(key: str, parents: dict[str, set[str]]) -> set[str]:
    """Return all keys that a key depends on."""
    return parents[key].union(*(ancestors(parent, parents) for parent in parents[key]))


@given(
    rows=st.lists(alarms(), max_size=8),
    parent_sets=parent_lists,
    by=st.sampled_from(("resource_id", "customer_id")),
    unkeyed=st.sampled_from(("doubt", "everybody", "nobody")),
)
def test_a_report_is_that_of_the_rows_of_its_key_and_of_all_above_it(
    rows: list[sla.Alarm], parent_sets: tuple[set[str], ...], by: str, unkeyed: Any
) -> None:
    """Each row is judged by itself: whose key it names, and on which parents it is."""
    parents = dict(zip(NAMES, parent_sets, strict=True))
    devices = set().union(*parent_sets)
    inventory = sla.Inventory([sla.Unit(key, parents=parents[key]) for key in reversed(NAMES)])
    each = sla.evaluate_each(rows, by=by, inventory=inventory, unkeyed=unkeyed, **TERMS)

    def is_of(row: sla.Alarm, key: str) -> bool:
        return getattr(row, by) == key or (row.resource_id == key and key in devices)

    keyless = [row for row in rows if getattr(row, by) is None and row.resource_id not in devices]
    for key in NAMES:
        own = [row for row in rows if any(is_of(row, name) for name in {key, *ancestors(key, parents)})]
        expected = sla.evaluate(own + keyless if unkeyed == "everybody" else own, **TERMS)
        assert each[key].days == expected.days or unkeyed == "doubt"
        assert each[key].ledger.segments == expected.ledger.segments
        if unkeyed == "doubt":
            widest = sla.evaluate(own + keyless, **TERMS).readings.pessimistic
            assert each[key].readings.pessimistic.down == widest.down
    has_report_of_none = unkeyed == "doubt" and bool(keyless) and not devices
    assert (None in each) == has_report_of_none


@given(rows=st.lists(alarms(), max_size=8), parent_sets=parent_lists)
def test_a_unit_is_down_whenever_one_that_it_depends_on_is(
    rows: list[sla.Alarm], parent_sets: tuple[set[str], ...]
) -> None:
    """In the record and in both readings."""
    parents = dict(zip(NAMES, parent_sets, strict=True))
    inventory = sla.Inventory([sla.Unit(key, parents=parents[key]) for key in NAMES])
    each = sla.evaluate_each(rows, by="customer_id", inventory=inventory, **TERMS)
    for key in NAMES:
        for parent in parents[key]:
            assert not each[parent].ledger.down - each[key].ledger.down
            assert not each[parent].readings.optimistic.down - each[key].readings.optimistic.down
            assert not each[parent].readings.pessimistic.down - each[key].readings.pessimistic.down
