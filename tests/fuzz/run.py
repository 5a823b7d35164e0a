"""Coverage-guided fuzzing: python -m tests.fuzz.run [--seconds 60] [--corpus FOLDER] [TARGET ...]."""
################################################################
# Each target runs in a process of its own, in which the library is instrumented, for
# a finding ends the process. An input that is a finding is written to the folder
# `findings`; this program runs it again: python -m tests.fuzz.run --input FILE TARGET.
################################################################

from __future__ import annotations

import argparse
import importlib
import re
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Final

LONGEST_SECONDS: Final = 10
MOST_MEGABYTES: Final = 2_048
_FINDINGS: Final = Path("findings")
_EXECUTIONS: Final = re.compile(r"stat::number_of_executed_units:\s*(\d+)|^#(\d+)\s", re.MULTILINE)
_SHOWN_CHARACTERS: Final = 6_000
_NOISE: Final = ("INFO:", "WARNING:", "#", "stat::")


def _fuzz_in_this_process(name: str, arguments: list[str]) -> None:
    """Run the fuzzer on one target until its time is over or it has a finding; it ends the process."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["sla_compliance"]):
        target = importlib.import_module("tests.fuzz.targets").TARGETS[name]

    def check(data: bytes) -> None:
        try:
            target.check(data)
        except BaseException:
            # Here, for the fuzzer does not always come to write it while the process ends.
            (_FINDINGS / f"{name}-{sha256(data).hexdigest()[:16]}").write_bytes(data)
            raise

    atheris.Setup([sys.argv[0], *arguments], check)
    atheris.Fuzz()


def _write_dictionary(words: tuple[str, ...], path: Path) -> None:
    lines = []
    for word in words:
        escaped = "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass"))
        lines.append(f'"{escaped}"\n')
    path.write_text("".join(lines), encoding="ascii")


def _run_target(name: str, seconds: int, corpus: Path) -> bool:
    """Fuzz one target in a process of its own; print what it did, and return whether there was no finding."""
    target = importlib.import_module("tests.fuzz.targets").TARGETS[name]
    folder = corpus / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (folder / f"seed_{number}").write_bytes(seed)
    _FINDINGS.mkdir(exist_ok=True)
    options: dict[str, object] = {
        "max_total_time": seconds,
        "max_len": target.longest_bytes,
        "timeout": LONGEST_SECONDS,
        "rss_limit_mb": MOST_MEGABYTES,
        "artifact_prefix": f"{_FINDINGS}/{name}-",
        "print_final_stats": 1,
    }
    if target.words:  # the fuzzer refuses a dictionary without any
        options["dict"] = corpus / f"{name}.dict"
        _write_dictionary(target.words, corpus / f"{name}.dict")
    arguments = [f"-{option}={value}" for option, value in options.items()]
    command = [sys.executable, "-m", "tests.fuzz.run", "--only", name, "--", *arguments, str(folder)]
    began_s = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    output = done.stdout + done.stderr
    counts = [int(first or second) for first, second in _EXECUTIONS.findall(output)]
    print(
        f"{name}: {max(counts, default=0):,} executions in {time.monotonic() - began_s:.0f} s, "
        f"{'no finding' if done.returncode == 0 else 'A FINDING'}",
        flush=True,
    )
    if done.returncode:
        print("\n".join(line for line in output.splitlines() if not line.startswith(_NOISE))[-_SHOWN_CHARACTERS:])
    return done.returncode == 0


def main() -> int:
    """Fuzz the targets that are named, or all; return how many have a finding."""
    parser = argparse.ArgumentParser(description="Fuzz the parsers and the algebra of sets.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="default: all")
    parser.add_argument("--seconds", type=int, default=60, help="how long each target runs")
    parser.add_argument("--corpus", type=Path, help="where inputs that reach new code are kept")
    parser.add_argument("--input", type=Path, help="run this input alone, without the fuzzer")
    parser.add_argument("--only", metavar="TARGET", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        _fuzz_in_this_process(options.only, options.targets)
    targets = importlib.import_module("tests.fuzz.targets").TARGETS
    names = options.targets or list(targets)
    unknown_names = sorted(set(names) - set(targets))
    if unknown_names:
        parser.error(f"{', '.join(unknown_names)}: no target; give some of {', '.join(targets)}")
    if options.input:
        for name in names:
            targets[name].check(options.input.read_bytes())
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        corpus = options.corpus or Path(temporary)
        return [_run_target(name, options.seconds, corpus) for name in names].count(False)


if __name__ == "__main__":
    sys.exit(main())
