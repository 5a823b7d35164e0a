"""Links: keys whose rows decide about each other, so that they stand in one part."""
################################################################
# Rows of one tenant decide about each other, whatever their keys, where
#   - they have one id: the snapshots of an alarm, and what its rows disagree on;
#   - one is over and does not say when: the next row of its device bounds it; so it
#     does a bad row without an end;
#   - one is the parent of another, and a window reaches the children of alarms.
# Such keys go into one part. Rows that so decide about rows without a key, which
# concern each key, go with these. With tenants as keys there is nothing to link.
#
# A job of each piece writes the values that rows may share, by their own parts; a
# job of each of these parts finds the values that several keys share.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sla_compliance.errors import requires_extra
from sla_compliance.streaming.arrow_texts import key_parts, texts_of
from sla_compliance.streaming.batch_files import PartWriter, read_part
from sla_compliance.streaming.plan import Links, StreamPlan
from sla_compliance.streaming.work_folder import written_whole
from sla_compliance.validation import END_COLUMNS, says_over

with requires_extra("frames", __name__, package="pyarrow"):
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.compute as pc  # type: ignore[import-untyped]

SPACES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id",),
    "alarm_id": ("alarm_id",),
    "resource_id": ("resource_id",),
    "parent": ("parent_alarm_id", "id", "alarm_id"),
}
"""Where the same value means that rows decide about each other: the columns in which it may stand."""
IDS: Final = "ids"
DEVICES: Final = "devices"
_DEVICE_COLUMNS: Final = ("alarm_id", "resource_id")
_COLUMNS: Final = ("value", "key", "decides")


def write_values(plan: StreamPlan, argument: tuple[str, int]) -> dict[str, Any]:
    """Write the values of a piece that rows may share, of ids or of devices; return the outcome."""
    kind, number = argument
    folder = plan.work_folder
    bounded_count = 0
    with written_whole(folder.file(kind, number, ".arrow")) as unfinished, PartWriter(unfinished) as writer:
        for table in plan.tables(plan.pieces[number]):
            needs_bound = _needs_bound(plan, table)
            bounded_count += pc.sum(needs_bound).as_py() or 0
            values = _ids(plan, table) if kind == IDS else _devices(plan, table, needs_bound)
            for shared in values:
                named = shared.filter(pc.is_valid(shared.column("value")))
                writer.write(named, key_parts(named.column("value").combine_chunks(), plan.part_count))
    outcome = {"batches": writer.batches, "bounded": bounded_count}
    folder.finish(kind, number, outcome)
    return outcome


def _ids(plan: StreamPlan, table: Any) -> Iterator[Any]:  # noqa: ANN401 - of Arrow
    """Yield the ids of rows, and the names of parents and their children where they matter."""
    yield from _values(plan, table, "id", "id", decides=True)
    if plan.question.reaches_children:
        child_column, *name_columns = SPACES["parent"]
        yield from _values(plan, table, "parent", child_column, decides=True)
        for name in name_columns:
            yield from _values(plan, table, "parent", name, decides=False)


def _devices(plan: StreamPlan, table: Any, needs_bound: Any) -> Iterator[Any]:  # noqa: ANN401 - of Arrow
    for name in _DEVICE_COLUMNS:
        if name != plan.question.by:
            yield from _values(plan, table, name, name, decides=needs_bound)


def _values(plan: StreamPlan, table: Any, space: str, column: str, *, decides: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield a table of the values of a column, within a space of names of its own, with the keys of their rows."""
    if column not in table.column_names:
        return
    values = texts_of(table.column(column).combine_chunks())
    values = pc.if_else(pc.equal(values, ""), None, values)
    keys = pc.fill_null(texts_of(table.column(plan.question.by).combine_chunks()), "")
    flags = pa.repeat(pa.scalar(decides), len(values)) if isinstance(decides, bool) else decides
    named = pc.binary_join_element_wise(space, values, "\0")
    yield pa.table(dict(zip(_COLUMNS, (named, keys, flags), strict=True)))


def _needs_bound(plan: StreamPlan, table: Any) -> Any:  # noqa: ANN401 - of Arrow
    """Return of each row whether the next row of its device may bound it.

    Rows do that say that they are over and not when, and bad rows without an end that can be read. Which rows are bad
    is not known here: where they are set aside, each row without an end may be one.
    """
    needs_bound = pa.repeat(pa.scalar(value=True), table.num_rows)
    is_refused = plan.question.rows.on_invalid == "raise"
    for name in END_COLUMNS:
        if name in table.column_names:
            column = table.column(name).combine_chunks()
            if is_refused or pa.types.is_timestamp(column.type):
                needs_bound = pc.and_(needs_bound, _is_absent(column))
    return pc.and_(needs_bound, _is_over(plan, table)) if is_refused else needs_bound


def _is_over(plan: StreamPlan, table: Any) -> Any:  # noqa: ANN401 - of Arrow
    if "status" not in table.column_names:
        return pa.repeat(pa.scalar(value=False), table.num_rows)
    statuses = texts_of(table.column("status").combine_chunks()).dictionary_encode()
    words = plan.question.rows.row_format().statuses.read_column(statuses.dictionary.to_pylist())
    return pc.fill_null(pa.array(list(map(says_over, words)), pa.bool_()).take(statuses.indices), fill_value=False)


def _is_absent(array: Any) -> Any:  # noqa: ANN401 - of Arrow
    if pa.types.is_string(array.type):
        return pc.fill_null(pc.equal(array, ""), fill_value=True)
    if pa.types.is_floating(array.type):
        return pc.fill_null(pc.is_nan(array), fill_value=True)
    return pc.is_null(array)


def find_links(plan: StreamPlan, argument: tuple[str, int]) -> dict[str, Any]:
    """Find the values of a part that several keys share; return the outcome.

    The outcome has the keys of each such value, and the values that rows without a key share with others.
    """
    kind, part = argument
    tables = read_part(plan.work_folder, kind, len(plan.pieces), part)
    groups: list[list[str]] = []
    shared: list[tuple[str, str]] = []
    if tables:
        grouped = pa.concat_tables(tables).group_by("value").aggregate([("key", "distinct"), ("decides", "any")])
        several = pc.greater(pc.list_value_length(grouped.column("key_distinct")), 1)
        for row in grouped.filter(pc.and_(several, grouped.column("decides_any"))).to_pylist():
            keys = [key for key in row["key_distinct"] if key]
            if len(keys) > 1:
                groups.append(sorted(keys))
            if len(keys) < len(row["key_distinct"]):
                space, _, value = row["value"].partition("\0")
                shared.append((space, value))
    outcome = {"groups": groups, "shared": sorted(shared)}
    plan.work_folder.finish(f"linked{kind}", part, outcome)
    return outcome


def links_of(outcomes: Iterable[Mapping[str, Any]]) -> Links:
    """Return the links of the outcomes of all parts; a key is linked to those that its linked keys are linked to."""
    leaders: dict[str, str] = {}

    def leader_of(key: str) -> str:
        while leaders.get(key, key) != key:
            leaders[key] = leaders.get(leaders[key], leaders[key])
            key = leaders[key]
        return key

    shared: dict[str, set[str]] = {}
    for outcome in outcomes:
        for first, *others in outcome["groups"]:
            for key in others:
                left, right = sorted((leader_of(first), leader_of(key)))
                leaders[right] = leaders[left] = left
        for space, value in outcome["shared"]:
            shared.setdefault(space, set()).add(value)
    return Links(
        {key: leader_of(key) for key in list(leaders)},
        {space: tuple(sorted(values)) for space, values in shared.items()},
    )
