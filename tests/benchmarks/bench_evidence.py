"""What an evidence pack costs, and its verification, beside evaluate()."""
################################################################
# Every figure is a ratio inside one run: medians of works that take turns in one
# process. Nothing here fails for being slow.
################################################################

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.outlets._evidence.verify import verify
from sla_compliance.outlets.evidence_pack import evidence_pack
from tests.benchmarks.bench_analyses import batch_of
from tests.benchmarks.bench_core import print_ratios, rich_terms_of, terms_of
from tests.benchmarks.timing import medians
from tests.benchmarks.workload import Workload, workload


@pytest.mark.parametrize("count", [1_000, 50_000])
@pytest.mark.parametrize("terms_of_load", [terms_of, rich_terms_of], ids=["plain", "rich"])
def test_a_pack_beside_evaluate(
    tmp_path: Path, count: int, terms_of_load: Callable[[Workload], dict[str, Any]]
) -> None:
    """Of a window with all of its rows, and of one of its days."""
    load = workload(count, is_sorted=False)
    batch, terms = batch_of(load), terms_of_load(load)
    report, path = sla.evaluate(batch, **terms), tmp_path / "pack.zip"
    path.write_bytes(pack := evidence_pack(report, tenant="acme", issued_by="ana", provisional=True))
    assert all(holds for holds, _ in verify(path))
    day = report.days[2]
    took = medians(
        {
            "evaluate": lambda: sla.evaluate(batch, **terms).days,
            "pack": lambda: evidence_pack(report, tenant="acme", issued_by="ana", provisional=True),
            "pack of a day": lambda: evidence_pack(report, record=day, tenant="acme", issued_by="a", provisional=True),
            "verify": lambda: list(verify(path)),
        }
    )
    title = f"{count:,} alarms, {len(pack) / 1e6:.1f} MB"
    print_ratios(title, {work: time / took["evaluate"] for work, time in took.items()})
