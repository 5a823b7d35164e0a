"""Pages of moving from another product: their commands give the minutes that the pages say."""
################################################################
# The figures of the products themselves, and those of the library beside them, are
# examples of the pages and run with all others (test_examples.py).
################################################################

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from sla_compliance.cli.commands import commands
from tests.docs.shell_blocks import commands_of
from tests.docs.test_examples import ROOT, run_page

FOLDER: Final = ROOT / "docs" / "moving"
MINUTES: Final = {"zabbix.md": 60, "icinga.md": 70, "checkmk.md": 60, "uptime-kuma.md": 10}


@pytest.mark.parametrize("name", MINUTES)
def test_the_command_of_a_page_gives_its_minutes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the export that the page's own code writes."""
    page = FOLDER / name
    monkeypatch.chdir(tmp_path)
    run_page(page)
    (arguments,) = commands_of(page, "sla-compliance")
    result = CliRunner().invoke(commands, [*arguments, "--as-of", "2026-04-01", "--format", "json"])
    assert [record["downtime_minutes"] for record in json.loads(result.stdout)] == [MINUTES[name]]
    assert f", {MINUTES[name]} minutes" in page.read_text(encoding="utf-8")


def test_every_page_of_moving_is_checked() -> None:
    """None is left out above."""
    assert {page.name for page in FOLDER.iterdir()} == MINUTES.keys()
