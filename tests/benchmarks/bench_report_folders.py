"""What a folder of reports costs: one command for many tenants, its time and its memory by their number."""
################################################################
# Each figure is of a process of its own. Time is the processor's, as a multiple of
# what the same command takes for records as JSON, which are hardly more than
# evaluate(); memory is the peak, which must not grow with the number of tenants by
# more than their rows take.
################################################################

from __future__ import annotations

import csv
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from random import Random

import pytest

SCRIPT = str(Path(sysconfig.get_path("scripts")) / "sla-compliance")
TENANTS = int(os.environ.get("SLA_BENCH_TENANTS", "300"))
FEW_TENANTS = 50
OUTAGES = 20
MONTH = ("--zone", "Europe/Oslo", "--month", "2026-10", "--as-of", "2026-11-01", "--each", "tenant_id")
MOST_MORE_MIB = 60
_MEASURE = """
import resource, subprocess, sys
run = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(run.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""


def write_export(path: Path, tenants: int) -> None:
    """Write the alarms of some tenants: twenty outages each."""
    random = Random(1)  # noqa: S311 - sample data
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "tenant_id", "title", "severity", "first_occurrence", "cleared_at"])
        for number in range(tenants * OUTAGES):
            day, hour, minute = random.randint(1, 31), random.randint(0, 23), random.randint(0, 49)
            raised = f"2026-10-{day:02}T{hour:02}:{minute:02}:00Z"
            cleared = f"2026-10-{day:02}T{hour:02}:{minute + random.randint(1, 9):02}:30Z"
            writer.writerow([number, f"tenant-{number // OUTAGES:04}", "Loss of signal", "major", raised, cleared])


def run_command(folder: Path, tenants: int, format_name: str) -> tuple[float, float]:
    """Return the seconds of the processor and the peak of the resident memory, MiB, of one command."""
    export = folder / f"{tenants}.csv"
    if not export.exists():
        write_export(export, tenants)
    output = folder / f"{format_name}-{tenants}"
    command = [SCRIPT, "report", str(export), *MONTH, "--format", format_name, "--output", f"{output}/"]
    # A process starts with the peak of the one that starts it, so a small one does.
    run = subprocess.run([sys.executable, "-S", "-c", _MEASURE, *command], capture_output=True, text=True, check=True)
    exit_code, seconds, peak_kib = run.stdout.split()
    assert exit_code in ("0", "1", "3")
    assert len(list(output.iterdir())) == tenants + 1
    return float(seconds), int(peak_kib) / 1024


@pytest.mark.parametrize("format_name", ["json", "html", "xlsx", "pdf"])
def test_the_cost_of_a_folder(format_name: str, tmp_path: Path) -> None:
    """Memory is that of a few tenants, and the seconds are those of each."""
    records_s, _ = run_command(tmp_path, TENANTS, "json")
    _, few_mib = run_command(tmp_path, FEW_TENANTS, format_name)
    took_s, many_mib = run_command(tmp_path, TENANTS, format_name)
    print(
        f"\n{format_name}: {took_s / TENANTS:.3f} s a tenant, {took_s / records_s:.1f} x records; "
        f"peak MiB of {FEW_TENANTS} tenants {few_mib:.0f}, of {TENANTS} {many_mib:.0f}"
    )
    assert many_mib < few_mib + MOST_MORE_MIB
