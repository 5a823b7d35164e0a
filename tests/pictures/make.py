"""The pictures of the documentation, made from the library itself: `nox -s pictures`."""
################################################################
# Each maker writes the files that it names into a folder. All of them show the
# sample provider as of one instant, so a picture changes where what it shows does.
# Pages and pictures are compared with one another by tests/docs/test_pictures.py.
################################################################

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.pictures import dashboard, notebook, report, terminal


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium without a window."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        raise SystemExit("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def make(folder: Path) -> None:
    """Write all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    terminal.make(folder)
    report.make(folder)
    with chromium() as browser:
        dashboard.make(browser, folder)
        notebook.make(browser, folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
