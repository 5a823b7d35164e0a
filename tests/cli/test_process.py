"""The command as a process: pipes, terminals, interruption, missing packages."""

from __future__ import annotations

import gzip
import json
import os
import pty
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import sla_compliance
from tests.cli.exports import ALARMS, RANGE

SCRIPT = str(Path(sysconfig.get_path("scripts")) / "sla-compliance")
PLAIN = {"PATH": os.environ["PATH"], "COLUMNS": "80"}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export with a byte order mark, gzipped."""
    path = tmp_path / "alarms.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + ALARMS.encode()))
    return path


def test_a_pipe_gets_plain_text(export: Path) -> None:
    """No colour, no cursor movement, nothing on stderr."""
    done = subprocess.run([SCRIPT, "report", str(export), *RANGE], capture_output=True, env=PLAIN, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"\x1b" not in done.stdout
    assert "✗  Total, 12 days" in done.stdout.decode()


def test_standard_input_may_be_compressed(export: Path) -> None:
    """`cat alarms.csv.gz | sla-compliance report -`."""
    with export.open("rb") as stream:
        command = [SCRIPT, "report", "-", *RANGE, "--format", "json"]
        done = subprocess.run(command, stdin=stream, capture_output=True, env=PLAIN, check=False)
    assert len(json.loads(done.stdout)) == 12


def test_a_terminal_gets_colour_and_progress_of_long_files(tmp_path: Path) -> None:
    """Beside the signs and words; the bar is gone at the end."""
    long = tmp_path / "long.csv"
    row = "major,2026-10-01 00:00:00+00,2026-10-01 00:00:01+00\n"
    long.write_text("severity,first_occurrence,cleared_at\n" + row * 30_000, encoding="utf-8")
    code, output = _in_terminal([SCRIPT, "report", str(long), *RANGE])
    assert code == 0
    assert "\x1b[1m" in output
    assert " rows of " in output


def test_a_terminal_without_unicode_gets_ascii(export: Path) -> None:
    """Signs and lines have plain forms."""
    environment = {**PLAIN, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([SCRIPT, "report", str(export), *RANGE], capture_output=True, env=environment, check=False)
    assert done.returncode == 1
    assert b"x |Total, 12 days" in done.stdout


def test_a_reader_that_has_gone_is_no_traceback(export: Path) -> None:
    """As `| head`: quiet, and with the exit code of a broken pipe, which is neither of the report's."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [SCRIPT, "report", str(export), *RANGE]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, env=PLAIN, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_interrupted_report_is_neither_met_nor_breached(tmp_path: Path) -> None:
    """Ctrl-C while it waits for its input: the exit code of an interruption."""
    slow = tmp_path / "slow.csv"
    os.mkfifo(slow)
    command = [SCRIPT, "report", str(slow), *RANGE]
    # A shell's background job ignores interruptions, and a child inherits that: not one that is handled.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=PLAIN)
    signal.signal(signal.SIGINT, inherited)
    with slow.open("wb"):  # opens as soon as the command opens it
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (130, b"", b"")


def test_a_full_disk_is_one_message(export: Path) -> None:
    """And no report that looks complete."""
    with Path("/dev/full").open("wb") as full:
        command = [SCRIPT, "report", str(export), *RANGE, "--format", "csv"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=PLAIN, check=False)
    assert (done.returncode, done.stderr) == (2, b"Error: standard output: No space left on device\n")


@pytest.mark.parametrize("package", ["click", "rich"])
def test_a_missing_package_is_named_by_its_extra(package: str, export: Path) -> None:
    """What to install, not a traceback."""
    program = f"import sys; sys.modules[{package!r}] = None; from sla_compliance.cli import main; main()"
    command = [sys.executable, "-c", program, "report", str(export), *RANGE]
    done = subprocess.run(command, capture_output=True, text=True, env=PLAIN, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("pip install 'sla-compliance[cli]'\n")
    assert done.stderr.count("\n") == 1


def test_machine_formats_need_no_tables(export: Path) -> None:
    """JSON is written where rich is not even installed."""
    program = "import sys; sys.modules['rich'] = None; from sla_compliance.cli import main; main()"
    command = [sys.executable, "-c", program, "report", str(export), *RANGE, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, env=PLAIN, check=False)
    assert (done.returncode, done.stderr) == (1, "")


def test_the_version_is_told() -> None:
    """Of the installed package."""
    done = subprocess.run([SCRIPT, "--version"], capture_output=True, text=True, env=PLAIN, check=True)
    assert done.stdout == f"sla-compliance, version {sla_compliance.__version__}\n"


def _in_terminal(command: list[str]) -> tuple[int, str]:
    """Run a command in a pseudo-terminal; return its exit code and all that it showed."""
    ours, theirs = pty.openpty()
    environment = {**PLAIN, "TERM": "xterm"}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    return process.wait(), shown.decode()
