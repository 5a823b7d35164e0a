"""Blocks of code that are not Python: each is of a language that some test reads, and is sound in it."""
################################################################
#     python          run by test_examples.py
#     sh              read, and run where it reads files, by test_shell_blocks.py
#     toml            a contract file: read here, and beside the page's Python
#     json            read here
#     py              run by tests/deploy: an app of one's own, with worker and beat; and by tests/frames, on Spark
#     js              run here, where Node is
#     sql, yaml       run by tests of stores and of deployment, or for other programs
#     tsx             for the reader's compiler; its types are held by test_client_types.py
#     text            what a program prints, or a program of others
################################################################

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

import pytest

from sla_compliance import settings
from sla_compliance.delivery.signatures import signature
from tests.docs.test_examples import PAGES, ROOT, name_of

FENCE: Final = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LANGUAGES: Final = {"python", "sh", "toml", "json", "yaml", "sql", "js", "tsx", "text", "{toctree}", "{eval-rst}"}

DRAWN: Final = {"deploy.md": {"py"}, "spark.md": {"py"}, "architecture.md": {""}}
"""Further languages of a page: what tests/deploy and tests/frames run, and the map that tests/architecture draws."""


def blocks(page: Path, language: str) -> list[str]:
    """Return the blocks of a language on a page."""
    return [text for name, text in FENCE.findall(page.read_text(encoding="utf-8")) if name == language]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_has_blocks_of_known_languages(page: Path) -> None:
    """A block of another language, or of none, would be run by nothing."""
    languages = {name for name, _ in FENCE.findall(page.read_text(encoding="utf-8"))}
    assert languages - LANGUAGES <= DRAWN.get(page.name, set())


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")], ids=name_of)
def test_contract_files_are_read(page: Path) -> None:
    """With every key of theirs."""
    for text in blocks(page, "toml"):
        settings.loads(text)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "json")], ids=name_of)
def test_json_is_json(page: Path) -> None:
    """Each block is one value."""
    for text in blocks(page, "json"):
        json.loads(text)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_check_in_javascript_takes_a_signature_of_ours_and_no_other() -> None:
    """Of another body it is not genuine, nor under another secret."""
    secret, now_s = "0123456789abcdef0123456789abcdef", int(time.time())
    header = signature(b"{}", secret, now_s)
    (check,) = blocks(ROOT / "docs" / "delivery.md", "js")
    calls = [("{}", header, secret), ("{ }", header, secret), ("{}", header, secret[::-1]), ("{}", "t=1", secret)]
    program = f"{check}\nfor (const [b, h, s] of {json.dumps(calls)}) console.log(isGenuine(Buffer.from(b), h, s));"
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["true", "false", "false", "false"]
