"""The picture of a report: the first page of the PDF file of a month."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pypdfium2  # type: ignore[import-untyped]

import sla_compliance as sla
from sla_compliance.outlets import document, write_pdf
from tests.pictures.sample import PROVIDER

NAME: Final = "report.png"
PIXELS_PER_POINT: Final = 1.4


def make(folder: Path) -> None:
    """Write the picture."""
    zone = ZoneInfo(PROVIDER.zone)
    terms = PROVIDER.terms
    terms |= {"start": datetime(2026, 10, 1, tzinfo=zone), "end": datetime(2026, 11, 1, tzinfo=zone)}
    october = sla.evaluate(PROVIDER.batch(), **terms)
    letter = document(
        october, title="Service level report", customer="ACME Ltd", contract="C-2026-17", issued_by="Operations"
    )
    page = pypdfium2.PdfDocument(write_pdf(letter))[0]
    picture = page.render(scale=PIXELS_PER_POINT).to_pil().convert("P", palette=1, colors=64)
    picture.save(folder / NAME, optimize=True)
