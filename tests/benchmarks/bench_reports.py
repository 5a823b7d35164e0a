"""What documents cost: PDF files and HTML pages beside evaluate() of the same month, and the memory of many."""
################################################################
# Every figure is a ratio inside one run: medians of works that take turns in one
# process. Nothing here fails for being slow. Memory is that of a process of its own
# that writes PDF files one after the other, each of another month.
################################################################

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

import sla_compliance as sla
from sla_compliance.outlets import Document, document
from sla_compliance.outlets.html import document_page
from sla_compliance.outlets.pdf import pdf
from sla_compliance.outlets.xlsx import xlsx
from tests.benchmarks.bench_core import print_ratios
from tests.benchmarks.timing import medians

MONTH_START = datetime(2026, 10, 1, tzinfo=UTC)
FILES = 300
_MEMORY_PROGRAM = """
from tests.benchmarks.bench_reports import month_document
from sla_compliance.outlets.pdf import pdf

def resident_mib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))

for number in range({files}):
    pdf(month_document(number))
    if number + 1 in ({early}, {files}):
        print(resident_mib())
"""


def month_report(number: int, alarms: int = 40) -> sla.ComplianceReport:
    """Return the report of a month with some alarms, drawn by number."""
    random = Random(number)  # noqa: S311 - sample data
    starts = [MONTH_START + timedelta(minutes=random.randrange(44_000)) for _ in range(alarms)]
    rows = [
        sla.Alarm(
            start, start + timedelta(seconds=random.randrange(5, 900)), title=f"Trunk {random.randrange(99)} down"
        )
        for start in starts
    ]
    end = MONTH_START + timedelta(days=31)
    return sla.evaluate(rows, start=MONTH_START, end=end, zone="UTC", as_of=end)


def month_document(number: int) -> Document:
    """Return the document of such a month."""
    return document(month_report(number), title=f"Tenant {number}: October 2026", customer=f"Customer {number}")


@pytest.mark.parametrize("alarms", [40, 5_000])
def test_the_cost_of_a_document(alarms: int) -> None:
    """The document and each writer, as multiples of evaluate() of the same alarms."""
    report = month_report(1, alarms)
    made = document(report, title="Tenant")
    pdf(made)  # opens the fonts
    took = medians(
        {
            "evaluate": lambda: month_report(1, alarms),
            "document": lambda: document(report, title="Tenant"),
            "html": lambda: document_page(made),
            "pdf": lambda: pdf(made),
            "xlsx": lambda: xlsx(made),
        }
    )
    names = ("document", "html", "pdf", "xlsx")
    print_ratios(f"{alarms} alarms, x evaluate", {name: took[name] / took["evaluate"] for name in names})
    print(f"seconds: evaluate {took['evaluate']:.4f}, pdf {took['pdf']:.3f}")


def test_the_memory_of_many_files() -> None:
    """What a process holds after fifty and after all."""
    root = Path(__file__).parents[2]
    program = _MEMORY_PROGRAM.format(files=FILES, early=50)
    run = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    early, late = map(int, run.stdout.split())
    print(f"\nresident MiB after 50 PDF files {early}, after {FILES} {late}")
    assert late < early + 60
