"""The recipes of docs/files.md: what they read of each product's export, beside figures worked out by hand."""
################################################################
# The exports are small files in the products' published forms, with outages whose
# lengths are plain. A recipe's Python block leaves a batch under the product's name;
# its command line stands in a block of shell. Both must give the figures below.
#
# A command that needs an option which the command line does not have, or jq where it
# is not installed, is skipped.
################################################################

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import click
import pytest

import sla_compliance as sla
from sla_compliance.cli.commands import commands
from sla_compliance.zones import load_zone
from tests.docs.test_examples import FILES_OF_PAGES, ROOT, run_page

PAGE: Final = ROOT / "docs" / "files.md"
EXPORTS: Final = FILES_OF_PAGES[PAGE.name]
DAYS: Final = 2


class Figures(NamedTuple):
    """What an export holds.

    Attributes:
        file: its name.
        zone: whose days are meant.
        first_day: the first of two.
        downtime_s: of the whole on both days, seconds.
        by_resource_s: the same of each resource.
    """

    file: str
    zone: str
    first_day: str
    downtime_s: list[int]
    by_resource_s: dict[str, list[int]]


FIGURES: Final = {
    # 08:00 to 09:00 and 08:30 to 09:15 overlap; open from 23:50. A Warning is no downtime.
    "Zabbix": Figures(
        "zabbix_problems.csv", "Europe/Riga", "2026-03-03", [4_500, 600], {"sw-1": [3_600, 600], "sw-2": [2_700, 0]}
    ),
    # Hard from 08:02 to 08:32; db from 23:50 to 00:10, repeated where the log rotates. WARNING is up.
    "Nagios and Icinga": Figures(
        "nagios.log",
        "UTC",
        "2026-03-03",
        [2_400, 600],
        {"db": [600, 600], "web": [0, 0], "web/HTTP": [1_800, 0]},
    ),
    # An hour and half an hour; ap-7 is down from 22:00 on.
    "LibreNMS": Figures(
        "librenms_outages.tsv", "UTC", "2026-03-03", [12_600, 86_400], {"sw-1": [5_400, 0], "ap-7": [7_200, 86_400]}
    ),
    # 10 and 15 minutes; core-2 is lost from 23:00 on.
    "OpenNMS": Figures(
        "opennms_outages.json",
        "UTC",
        "2026-03-03",
        [5_100, 86_400],
        {"core-1": [1_500, 0], "core-2": [3_600, 86_400]},
    ),
    # 08:00 to 08:20, in spite of an edit between; 12:00 to 12:05 the day after.
    "PRTG": Figures("prtg_messages.json", "UTC", "2026-03-03", [1_200, 300], {"2101": [1_200, 0], "2102": [0, 300]}),
    # 10 minutes, and 12:00 to 12:05 with a repeat; db is down until its maintenance begins at 10:30.
    "Uptime Kuma": Figures(
        "uptime_kuma_heartbeats.csv", "UTC", "2026-03-03", [900, 1_800], {"web": [900, 0], "db": [0, 1_800]}
    ),
    # 23:58:40 to 00:14:19 and 00:10 to 00:20: 80 s before midnight, 20 minutes after it.
    "UptimeRobot": Figures(
        "uptimerobot_logs.csv", "Europe/Lisbon", "2026-03-03", [80, 1_200], {"shop": [80, 859], "blog": [0, 600]}
    ),
    # Half an hour, sent three times; ten minutes of the same fingerprint; db fires from 23:00 on. A warning is none.
    "Alertmanager": Figures(
        "alertmanager_notifications.jsonl",
        "UTC",
        "2026-03-03",
        [1_800, 4_200],
        {"web": [1_800, 600], "db": [0, 3_600]},
    ),
    # 08:00 to 09:00; mail from 22:00 on. Low urgency is none.
    "PagerDuty": Figures(
        "pagerduty_incidents.json", "UTC", "2026-03-03", [10_800, 86_400], {"api": [3_600, 0], "mail": [7_200, 86_400]}
    ),
    # Half an hour; ten minutes; mail from 23:30 on. P5 is none.
    "Opsgenie": Figures(
        "opsgenie_alerts.json",
        "UTC",
        "2026-03-03",
        [1_800, 2_400],
        {"web/ping": [1_800, 600], "mail/ping": [0, 1_800], "web/cpu": [0, 0]},
    ),
    # An hour; 01:30 to 03:30 over the change of clocks is an hour too; intranet from 23:00 on.
    "ServiceNow": Figures(
        "servicenow_outages.csv",
        "America/Denver",
        "2026-03-07",
        [3_600, 7_200],
        {"mail": [3_600, 3_600], "intranet": [0, 3_600]},
    ),
}


def section(product: str) -> str:
    """Return the part of the page about a product."""
    return PAGE.read_text(encoding="utf-8").partition(f"\n## {product}\n")[2].partition("\n## ")[0]


def blocks(product: str, language: str) -> list[str]:
    """Return the blocks of a language in a product's part of the page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", section(product), re.MULTILINE | re.DOTALL)


def window(figures: Figures) -> tuple[datetime, datetime]:
    """Return the two days of an export."""
    start = datetime.fromisoformat(figures.first_day).replace(tzinfo=load_zone(figures.zone))
    return start, start + timedelta(days=DAYS)


def seconds_of(report: sla.ComplianceReport) -> list[float]:
    """Return the downtime of each day of a report, seconds."""
    return [record.downtime_us / 1_000_000 for record in report.days]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the page's Python blocks leave, run beside the exports."""
    folder = tmp_path_factory.mktemp("exports")
    shutil.copytree(EXPORTS, folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return run_page(PAGE)


@pytest.mark.parametrize("product", FIGURES)
def test_the_library_reads_what_the_export_holds(product: str, names: dict[str, object]) -> None:
    """To the microsecond, for the whole and for each resource, with nothing set aside."""
    figures = FIGURES[product]
    batch = names[product.partition(" and ")[0].lower().replace(" ", "_")]
    assert isinstance(batch, sla.AlarmBatch)
    start, end = window(figures)
    report = sla.evaluate(batch, start=start, end=end, zone=figures.zone, as_of=end)
    assert seconds_of(report) == figures.downtime_s
    reports = sla.evaluate_each(batch, start=start, end=end, zone=figures.zone, as_of=end)
    assert {str(key): seconds_of(each) for key, each in reports.items()} == figures.by_resource_s
    assert not batch.rejected
    assert report.is_confirmed


@pytest.mark.parametrize("product", FIGURES)
def test_the_command_line_reads_the_same(product: str, tmp_path: Path) -> None:
    """The command as it stands on the page, from a shell."""
    figures = FIGURES[product]
    (command,) = blocks(product, "sh")
    _skip_where_something_is_missing(command)
    shutil.copytree(EXPORTS, tmp_path, dirs_exist_ok=True)
    as_of = window(figures)[1].isoformat()
    search_path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["sh", "-c", f"{command.rstrip()} --as-of {as_of} --format json --detail"],
        cwd=tmp_path,
        env={**os.environ, "PATH": search_path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # every export has a day that is breached
    assert [record["downtime_seconds"] for record in json.loads(done.stdout)] == figures.downtime_s


def _skip_where_something_is_missing(command: str) -> None:
    report = commands.get_command(click.Context(commands), "report")
    assert report is not None
    known = {option for parameter in report.params for option in parameter.opts}
    missing = sorted(set(re.findall(r"(?<= )--[a-z-]+", command)) - known)
    if missing:
        pytest.skip(f"the command line has no {missing[0]}")
    if command.startswith("jq ") and shutil.which("jq") is None:
        pytest.skip("jq is not installed")


@pytest.mark.parametrize("product", FIGURES)
def test_the_rows_that_the_page_shows_are_those_of_the_export(product: str) -> None:
    """A sample of rows is a block of text that begins as the export does; other blocks say how to get it."""
    lines = (EXPORTS / FIGURES[product].file).read_text(encoding="utf-8").splitlines()
    samples = [block for block in blocks(product, "text") if block.splitlines()[0] in lines]
    for line in "".join(samples).splitlines():
        assert line in lines
    is_of_lines = Path(FIGURES[product].file).suffix in (".csv", ".tsv", ".log")
    assert bool(samples) == is_of_lines


def test_every_export_has_a_recipe() -> None:
    """And every recipe of the page an export."""
    assert {figures.file for figures in FIGURES.values()} == {path.name for path in EXPORTS.iterdir()}
    assert re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE) == list(FIGURES)
