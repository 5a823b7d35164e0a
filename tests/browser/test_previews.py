"""Previews in a real browser, as a notebook's page holds them: readable in both schemes, several on one page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import sla_compliance as sla
from sla_compliance.samples import sample_provider
from tests.browser.conftest import KeepPicture, VisitPage

PROVIDER = sample_provider(datetime(2026, 11, 23, 15, 40, tzinfo=UTC))
REPORT = sla.evaluate(PROVIDER.batch(), **PROVIDER.terms)
SURFACE = "getComputedStyle(document.querySelector('.sla-preview')).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(22, 29, 26)"


def page_of(folder: Path, body_attributes: str = "") -> str:
    """The address of a page with previews of each kind, and one of them twice."""
    previews = [shown._repr_html_() for shown in (REPORT, REPORT, REPORT.total, REPORT.days[0], REPORT.batch)]
    path = folder / "notebook.html"
    path.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title></head>'
        f"<body {body_attributes}><main><h1>Notebook</h1>{''.join(previews)}</main></body></html>",
        encoding="utf-8",
    )
    return path.as_uri()


def test_previews_are_sound_in_both_schemes(open_url: VisitPage, tmp_path: Path, keep_picture: KeepPicture) -> None:
    """No axe violation, contrast among it, and nothing to scroll sideways on a narrow screen."""
    visit = open_url(page_of(tmp_path), viewport={"width": 640, "height": 900})
    for scheme in ("light", "dark"):
        visit.switch(scheme)
        keep_picture(visit.page, f"preview-{scheme}")
        visit.assert_sound()
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("attributes", "of_light_system", "of_dark_system"),
    [
        ("", LIGHT, DARK),
        ('data-jp-theme-light="true"', LIGHT, LIGHT),
        ('data-jp-theme-light="false"', DARK, DARK),
        ('class="vscode-light"', LIGHT, LIGHT),
        ('class="vscode-dark"', DARK, DARK),
    ],
    ids=["no notebook", "JupyterLab light", "JupyterLab dark", "VS Code light", "VS Code dark"],
)
def test_the_scheme_of_the_notebook_comes_first(
    open_url: VisitPage, tmp_path: Path, attributes: str, of_light_system: str, of_dark_system: str
) -> None:
    """Else that of the reader's system."""
    for scheme, surface in (("light", of_light_system), ("dark", of_dark_system)):
        visit = open_url(page_of(tmp_path, attributes), color_scheme=scheme)
        assert visit.page.evaluate(SURFACE) == surface
