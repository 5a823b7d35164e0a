"""The pictures of a notebook: the first one of the gallery, run by a real kernel and exported as a page."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, ViewportSize

from tests.pictures.dashboard import SCHEMES

GALLERY: Final = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOK: Final = "month"
SIZE: Final[ViewportSize] = {"width": 1000, "height": 720}


def make(browser: Browser, folder: Path) -> None:
    """Write both pictures."""
    with tempfile.TemporaryDirectory() as place:
        gallery = Path(place) / "notebooks"
        shutil.copytree(GALLERY, gallery, ignore=shutil.ignore_patterns("export"))
        subprocess.run([sys.executable, "write_export.py"], cwd=gallery, check=True)
        for scheme in SCHEMES:
            _export(gallery, scheme)
            context = browser.new_context(viewport=SIZE, color_scheme=scheme)
            # The exported page would load a library for formulas; it has none.
            context.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
            page = context.new_page()
            page.goto((gallery / f"{scheme}.html").as_uri())
            page.locator(".sla-preview").last.scroll_into_view_if_needed()
            page.screenshot(path=folder / f"notebook-{scheme}.png")
            context.close()


def _export(gallery: Path, scheme: str) -> None:
    """Run the notebook and write it as a page of a scheme."""
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", f"--HTMLExporter.theme={scheme}"]
    subprocess.run([*command, "--output", f"{scheme}.html", f"{NOTEBOOK}.ipynb"], cwd=gallery, check=True)
