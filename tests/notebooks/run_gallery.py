"""The notebooks of the documentation run as they stand, on the export that they name; `nox -s notebooks` runs this."""
################################################################
# Run in a folder of their own, by a real kernel. Each figure that a notebook shows is
# compared with the one that the library gives of the sample provider itself.
################################################################

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance.analysis import attribution, budget, trend
from sla_compliance.samples import sample_provider

GALLERY = Path(__file__).parents[2] / "docs" / "notebooks"
AS_OF = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
ZONE = "Europe/Berlin"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery in a folder of its own, with the export that its script writes."""
    copy = tmp_path_factory.mktemp("gallery") / "notebooks"
    shutil.copytree(GALLERY, copy, ignore=shutil.ignore_patterns("export"))
    subprocess.run([sys.executable, "write_export.py"], cwd=copy, check=True)
    return copy


def outputs_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """Run a notebook and return what its cells show; an error in a cell fails the command."""
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--stdout", f"{name}.ipynb"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return [output for cell in json.loads(done.stdout)["cells"] for output in cell.get("outputs", ())]


def shown(outputs: list[dict[str, Any]], kind: str) -> list[str]:
    """What the outputs hold of one kind, e.g. "text/plain"."""
    return ["".join(output["data"][kind]) for output in outputs if kind in output.get("data", {})]


def printed(outputs: list[dict[str, Any]]) -> str:
    """What the cells print; nothing may stand on standard error, where warnings go."""
    streams = [output for output in outputs if output["output_type"] == "stream"]
    assert {stream["name"] for stream in streams} <= {"stdout"}
    return "".join("".join(stream["text"]) for stream in streams)


def report_of(first: str, last: str) -> sla.ComplianceReport:
    """The report of the provider itself, without the monitored time that an export does not hold."""
    provider = sample_provider(AS_OF)
    start, end = sla.whole_days(first, last, zone=ZONE, now=AS_OF)
    terms = provider.terms | {"start": start, "end": end, "monitored": None}
    return sla.evaluate(provider.batch(), **terms)


def test_from_an_export_to_a_months_figure(folder: Path) -> None:
    """Batch and report show themselves, the month is the library's, the plot is drawn."""
    outputs = outputs_of(folder, "month")
    month = report_of("2026-10-01", "2026-10-31").total
    assert f"{month.compliance_text} % of 99.9 %: Breached\n" in printed(outputs)
    assert month.explain() in printed(outputs)
    assert sum('class="sla-preview"' in html for html in shown(outputs, "text/html")) == 2
    assert len(shown(outputs, "image/png")) == 1


def test_drill_down(folder: Path) -> None:
    """The longest outage, its alarms, its day, the devices."""
    outputs = outputs_of(folder, "incidents")
    report = report_of("2026-10-01", "2026-10-31")
    worst = max(report.incidents(), key=lambda incident: incident.downtime_us)
    assert f"{len(worst.alarms)} alarms in all" in printed(outputs)
    (day,) = [record for record in report.days if record.date == worst.start.date()]
    assert day.explain() in printed(outputs)
    assert any(str(worst.alarms[0].title) in html for html in shown(outputs, "text/html"))
    assert len(shown(outputs, "image/png")) == 1
    quarter = report_of("2026-09-01", "2026-11-30")
    answers = [attribution(report, by="resource_id"), budget(report), trend(quarter, sla.Period.MONTH)]
    assert [repr(answer) for answer in answers] == shown(outputs, "text/plain")[-3:]
    assert sum('class="sla-preview"' in html for html in shown(outputs, "text/html")) == 2 + len(answers)


def test_targets_and_accountings(folder: Path) -> None:
    """All verdicts that a month may have, and what an accounting changes."""
    outputs = outputs_of(folder, "comparison")
    months = report_of("2026-09-01", "2026-11-30").by(sla.Period.MONTH)
    tables = "".join(shown(outputs, "text/plain"))
    assert all(verdict in tables for verdict in ("MET", "AT_RISK", "BREACHED"))
    gross = [month.counted_as(sla.Accounting.GROSS).compliance_percentage for month in months]
    assert all(str(percentage) in tables for percentage in gross)
    assert len(shown(outputs, "image/png")) == 1
