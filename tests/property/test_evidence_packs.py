"""Evidence packs of drawn worlds verify, and a figure, time, label or row that is changed in any of them does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sla_compliance.outlets.evidence_pack import evidence_pack
from sla_compliance.report import ComplianceReport
from sla_compliance.testing.evaluation import report_of, reports_of
from sla_compliance.testing.oracle.world import World
from sla_compliance.testing.worlds import Aspect, worlds
from tests.property.leaving_out import EXAMPLES
from tests.unit.forged_packs import Files, faults, files_of, forged, table, text_of, write

MANY = settings(max_examples=EXAMPLES // 3)  # each is a report, a pack and files


def pack_of(report: ComplianceReport) -> bytes:
    return evidence_pack(report, tenant="acme", issued_by="ana", provisional=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packs")


@pytest.mark.parametrize("aspect", [None, *Aspect])
def test_packs_of_all_worlds_verify(folder: Path, aspect: Aspect | None) -> None:
    @given(world=worlds(*filter(None, [aspect])))
    @MANY
    def check(world: World) -> None:
        assert faults(write(folder, files_of(pack_of(report_of(world))))) == []

    check()


@given(world=worlds(Aspect.TARGETED), by=st.sampled_from(("resource_id", "customer_id")))
@MANY
def test_packs_of_each_key_verify(folder: Path, world: World, by: str) -> None:
    for report in reports_of(world, by).values():
        assert faults(write(folder, files_of(pack_of(report)))) == []


def _without_a_line(files: Files, name: str, draw: Callable[[Any], Any]) -> bytes:
    header, *lines = table(files[name])
    assume(lines)
    del lines[draw(st.integers(0, len(lines) - 1))]
    return text_of([header, *lines])


def _with_another_time(files: Files, name: str, draw: Callable[[Any], Any]) -> bytes:
    header, *lines = table(files[name])
    assume(lines)
    line = lines[draw(st.integers(0, len(lines) - 1))]
    column = header.index(draw(st.sampled_from(("start", "end"))))
    instant = line[column]
    later = instant[:17] + ("01" if instant[17:19] != "01" else "02") + instant[19:]
    line[column] = later if instant else "2030-01-01T00:00:00+00:00"
    return text_of([header, *lines])


@given(
    world=worlds(Aspect.TARGETED) | worlds(),
    name=st.sampled_from(("rows.csv", "windows.csv", "ledger.csv")),
    change=st.sampled_from((_without_a_line, _with_another_time)),
    data=st.data(),
)
@MANY
def test_a_line_that_is_dropped_or_a_time_that_is_changed(
    folder: Path, world: World, name: str, change: Callable[..., bytes], data: st.DataObject
) -> None:
    """Although all digests but that of the input are computed again."""
    files = files_of(pack_of(report_of(world)))
    assert faults(write(folder, forged({**files, name: change(files, name, data.draw)}))) != []


@given(world=worlds(), by=st.integers(1, 10**9), data=st.data())
@MANY
def test_a_figure_that_is_changed(folder: Path, world: World, by: int, data: st.DataObject) -> None:
    files = files_of(pack_of(report_of(world)))
    document = json.loads(files["statement.json"])
    figures = document["figures"]
    numbers, texts = ("uptime_us", "downtime_us", "sla_breaches"), ("compliance_percentage", "availability")
    verdicts = sorted({"MET", "BREACHED", "AT_RISK", "UNDETERMINED"} - {figures["verdict"]})
    changes: list[tuple[dict[str, Any], str, Any]] = [
        *((figures, name, figures[name] + by) for name in numbers),
        *((figures, name, f"{figures[name]}1") for name in (*texts, "target_percentage")),
        *((figures, "verdict", verdict) for verdict in verdicts),
    ]
    for cells in document["day_cells"].values():
        changes += [(cells, cell, length + by) for cell, length in cells.items()]
    place, name, figure = data.draw(st.sampled_from(changes))
    place[name] = figure
    altered = {**files, "statement.json": json.dumps(document).encode()}
    assert faults(write(folder, forged(altered))) != []


@given(world=worlds(Aspect.TARGETED), other=worlds(Aspect.TARGETED), data=st.data())
@MANY
def test_files_of_another_pack(folder: Path, world: World, other: World, data: st.DataObject) -> None:
    files, others = (files_of(pack_of(report_of(each))) for each in (world, other))
    name = data.draw(st.sampled_from(("statement.json", "policy.json", "rows.csv", "windows.csv", "ledger.csv")))
    assume(files[name] != others[name])
    mixed = forged({**files, name: others[name]})
    if faults(write(folder, mixed)) == []:
        # Terms may differ in what makes no difference: time that no cell has, and gaps that nothing bridges.
        assert name == "policy.json"
