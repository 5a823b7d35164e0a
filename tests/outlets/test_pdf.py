"""Documents as PDF: every text, on A4, in fonts that are inside, the same bytes each time, whatever the texts are."""

from __future__ import annotations

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import sla_compliance as sla
from sla_compliance.outlets import document
from sla_compliance.outlets._pdf.data import laid_out_text
from sla_compliance.outlets._pdf.fonts import printable_text
from sla_compliance.outlets.blocks import (
    Block,
    Cell,
    Chart,
    Column,
    Document,
    Heading,
    Logo,
    Note,
    Row,
    Table,
    Timeline,
)
from sla_compliance.outlets.pdf import pdf
from tests.outlets.documents import month, percentage_cell, summary, text_cell, timeline
from tests.outlets.pdf_files import (
    bare,
    fonts_are_inside,
    is_tagged,
    metadata,
    page_sizes,
    page_texts,
    text_boxes,
    texts_of,
)
from tests.outlets.report_worlds import WORLDS

ARABIC = "تقرير التوافر الشهري"
CHINESE = "月度可用性报告"
MARKUP = '#read("/etc/passwd") $x^2$ *bold* _it_ `raw` @ref <label> \\ // /* [x] --- ... ~ #[] #{1+1} = h "q" \'q\''
HOSTILE = ('=HYPERLINK("http://x")', "<script>alert(1)</script>", MARKUP, ARABIC, CHINESE, "W" * 500, "a\tb\nc")
A4 = (595.28, 841.89)
MARGIN = 47  # points; the template has 17 mm


def test_every_text_stands_in_the_file_once_and_in_order() -> None:
    """With the figures of the document, as they are written there."""
    document = month(incident_count=40)
    text = bare("".join(page_texts(pdf(document))))
    place = 0
    for expected in map(bare, texts_of(document)):
        place = text.find(expected, place)
        assert place >= 0, expected
        place += len(expected)


START = datetime(2026, 10, 1, tzinfo=UTC)
END = START + timedelta(days=31)


def outage(hour: float, minutes: float = 30, title: str = "Trunk fibre cut") -> sla.Alarm:
    """An outage some hours after the month began."""
    start = START + timedelta(hours=hour)
    return sla.Alarm(start, start + timedelta(minutes=minutes), title=title)


def report_of(*alarms: sla.Alarm, **terms: Any) -> sla.ComplianceReport:
    """A month with some alarms."""
    arguments: dict[str, Any] = {"start": START, "end": END, "zone": "UTC", "as_of": END} | terms
    return sla.evaluate(alarms, **arguments)


UNSEEN = sla.Alarm(START + timedelta(days=2), last_occurrence=START + timedelta(days=2, hours=1), title="Power lost")
WORK = sla.MaintenanceWindow(START + timedelta(days=3), START + timedelta(days=3, hours=4), reason="New line cards")
REPORTS = {
    "no incident": report_of(),
    "breached": report_of(outage(80, 90), outage(200, 300), outage(500, 1), maintenance=[WORK]),
    "not confirmed": report_of(
        outage(300), UNSEEN, as_of=END + timedelta(days=9), policy=sla.SLAPolicy("99.5", stale_after=timedelta(7))
    ),
    "500 incidents": report_of(*(outage(number * 1.4, 5 + number % 9, f"Link {number}") for number in range(500))),
    "no data": report_of(monitored=[]),
    "to come": report_of(as_of=START),
}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("locale", ["en", "fr"])
def test_reports_are_written_whole(name: str, locale: str) -> None:
    """Every text in order, all within the margins; the table of days ends on the second page."""
    made = document(REPORTS[name], title=f"Northern Networks: {name}", customer="Acme", locale=locale)
    content = pdf(made)
    pages = page_texts(content)
    text, place = bare("".join(pages)), 0
    for expected in map(bare, texts_of(made)):
        place = text.find(expected, place)
        assert place >= 0, expected
        place += len(expected)
    (days,) = (block for block in made.blocks if isinstance(block, Table) and block.name == "days")
    assert days.total is not None
    last_cells = bare("".join(cell.text for cell in days.total.cells))
    assert last_cells in bare("".join(pages[:2]))
    assert all(left >= MARGIN - 1 and right <= A4[0] - MARGIN + 1 for left, _, right, _ in text_boxes(content))


def test_an_ordinary_month_takes_two_pages_of_a4() -> None:
    """Summary, bridge, chart, timeline, 31 days, three incidents, quality and method."""
    content = pdf(month())
    assert [(round(width, 2), round(height, 2)) for width, height in page_sizes(content)] == [A4] * 2
    first, second = page_texts(content)
    assert first.rstrip().endswith("Page 1 / 2")
    assert "Page 2 / 2" in second
    assert "Northern Networks: October 2026" in second  # the running head
    assert "Oct 1 \N{EN DASH} Oct 31, 2026 · Europe/Berlin" in second


@pytest.mark.parametrize("locale", ["en", "fr", "de"])
@pytest.mark.parametrize("world", ["breached", "in doubt"])
def test_a_timeline_of_a_month_stands_whole_on_the_first_page(world: str, locale: str) -> None:
    """With all facts at the head; the table of days ends on the second page."""
    made = document(
        WORLDS[world](),
        title="Service level report",
        customer="ACME Ltd",
        contract="C-2026-17",
        issued_by="Operations",
        locale=locale,
    )
    (timeline,) = [block for block in made.blocks if isinstance(block, Timeline)]
    first, second, *_ = map(bare, page_texts(pdf(made)))
    assert bare("".join(row.label for row in timeline.rows)) in first
    (days,) = [block for block in made.blocks if isinstance(block, Table) and block.name == "days"]
    assert days.total is not None
    assert bare("".join(cell.text for cell in days.total.cells)) in second


def test_a_timeline_that_has_no_room_moves_whole() -> None:
    """A quarter of days goes to the next page; nothing of it stays behind."""
    quarter = replace(timeline(), rows=(timeline().rows * 3)[:92])
    made = replace(month(), blocks=(*summary(), quarter))
    first, second = map(bare, page_texts(pdf(made)))
    labels = bare("".join(row.label for row in quarter.rows))
    assert labels in second
    assert quarter.rows[0].label not in first


def test_tables_of_one_section_have_captions() -> None:
    """The table of resources says what it is."""
    text = bare("".join(page_texts(pdf(document(WORLDS["stormy"](), title="t")))))
    assert text.index("Costliestoutages") < text.index("Worstresources")


def test_heads_of_tables_stand_on_every_page_of_their_rows() -> None:
    """Five hundred incidents are all there, no row is on two pages."""
    pages = page_texts(pdf(month(incident_count=500)))
    with_rows = [page for page in pages if "Trunk fibre cut" in page]
    assert len(with_rows) > 8
    assert all("Shareofthebudget" in bare(page) for page in with_rows)
    rows = [line for page in pages for line in page.splitlines() if "Trunk fibre cut" in line]
    assert len(rows) == 500


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_text_and_are_not_cut(text: str) -> None:
    """In the title, a row and a sentence; nothing is run, read or outside of the margins."""
    blocks: list[Block] = [
        Heading(text="Notes", name="notes"),
        Note(sentences=(text,)),
        *(block for block in month().blocks if isinstance(block, Chart)),
    ]
    document = replace(
        month(title=text, incident_title=text), blocks=(*blocks, *month(incident_title=text).blocks[-6:])
    )
    content = pdf(document)
    everything = bare("".join(page_texts(content)))
    # Readers may put the words of a line from right to left in another order, among words that run to the right.
    for part in text.split() if text == ARABIC else [bare(text)]:
        assert everything.count(part) >= 5
    assert "root:" not in everything
    for left, _, right, _ in text_boxes(content):
        assert left >= MARGIN - 1
        assert right <= A4[0] - MARGIN + 1


def test_a_figure_of_a_table_never_breaks() -> None:
    """Columns of texts give way, also beside many columns of figures."""
    columns = tuple(Column(key=f"c{place}", heading=f"Heading {place}") for place in range(3)) + tuple(
        Column(key=f"f{place}", heading="Availability without exclusions", kind=percentage_cell(1.0).kind)
        for place in range(6)
    )
    cells: tuple[Cell, ...] = (text_cell("long words " * 12),) * 3 + (percentage_cell(99.123),) * 6
    table = Table(name="wide", columns=columns, rows=(Row(cells=cells),) * 3)
    (page,) = page_texts(pdf(replace(month(), blocks=(table,))))
    assert page.count("99.12 %") == 18


def test_a_long_word_breaks_behind_its_punctuation() -> None:
    """An id or an instant keeps its groups; only a part that is long itself breaks anywhere."""
    row_id, instant = "3e973b1f-ee86-4ab4-ad14-7d5416e1839d", "2026-10-19T02:55:00+00:00"
    assert laid_out_text(row_id).split("\u200b") == ["3e973b1f-", "ee86-", "4ab4-", "ad14-", "7d5416e1839d"]
    assert laid_out_text(instant).split("\u200b") == ["2026-", "10-", "19T02:", "55:", "00+", "00:", "00"]
    assert laid_out_text("a" * 25).split("\u200b") == ["a"] * 25
    assert laid_out_text("a" * 24) == "a" * 24


def test_scripts_have_their_glyphs_and_what_no_font_has_stands_as_its_code() -> None:
    """Never an empty box, and never in silence."""
    assert printable_text(ARABIC) == ARABIC
    assert printable_text(CHINESE) == CHINESE
    assert printable_text("\U00013000\ue000a\u0301") == "[U+13000][U+E000]a\u0301"
    assert printable_text("a\x00\ud800\n\tb\ufeff") == "a\ufffd\ufffd b"
    assert "[U+13000]" in "".join(page_texts(pdf(month(title="Owl \U00013000"))))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(), min_size=1, max_size=40), min_size=1, max_size=20))
def test_any_text_can_be_written(texts: list[str]) -> None:
    """Whatever its characters are, in whatever order."""
    rows = tuple(Row(cells=(text_cell(text),)) for text in texts)
    table = Table(name="texts", columns=(Column(key="text", heading="Text"),), rows=rows)
    document = replace(month(title=texts[0]), blocks=(Note(sentences=tuple(texts)), table))
    assert pdf(document).startswith(b"%PDF-1.7")


def test_the_file_is_archivable_accessible_and_says_what_it_is() -> None:
    """PDF/A-2a and PDF/UA-1; title, author, language and the date of issue."""
    content = pdf(month(locale="fr_CA"))
    assert fonts_are_inside(content)
    assert is_tagged(content)
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert b"/Lang(fr-CA)" in content
    fields = metadata(content)
    assert fields["Title"] == "Northern Networks: October 2026"
    assert fields["Author"] == "Service desk"
    assert fields["CreationDate"] == fields["ModDate"] == "D:20261101063000Z"
    assert metadata(pdf(replace(month(), issued_by="")))["Author"] == ""


def digest_in_another_process() -> str:
    """What another process makes of the same document, in another folder."""
    program = (
        "from hashlib import sha256; from sla_compliance.outlets.pdf import pdf; "
        "from tests.outlets.documents import month; print(sha256(pdf(month())).hexdigest())"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    return run.stdout.strip()


@pytest.mark.parametrize("title", ["W" * 40_000, "\ufeff", " ", "\u200b"])
def test_any_title_is_a_title_of_the_file(title: str) -> None:
    """Cut where it is longer than files allow; the period where it shows nothing."""
    made = replace(month(), title=title, issued_by=title)
    assert page_texts(pdf(made))


def test_the_same_document_has_the_same_bytes() -> None:
    """In two processes, and in threads that write at once."""
    content = pdf(month())
    assert digest_in_another_process() == sha256(content).hexdigest()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(pdf, [month()] * 8)) == {content}


def picture(file_format: str) -> bytes:
    """A small picture."""
    stream = io.BytesIO()
    Image.new("RGB", (80, 40), (20, 90, 160)).save(stream, file_format)
    return stream.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><text y="30">ACME</text></svg>'
LINKED_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><image href="%s" width="8" height="8"/></svg>'
)


@pytest.mark.parametrize(
    "logo",
    [
        Logo(content=picture("PNG"), media_type="image/png"),
        Logo(content=picture("JPEG"), media_type="image/jpeg"),
        Logo(content=SVG, media_type="image/svg+xml"),
    ],
    ids=lambda logo: logo.media_type,
)
def test_a_logo_stands_at_the_head(logo: Logo) -> None:
    """It changes nothing of the text."""
    content = pdf(month(logo=logo))
    assert bare(page_texts(content)[1]) == bare(page_texts(pdf(month(logo=logo)))[1])
    assert content != pdf(month())


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture("PNG")[:70], "image/png"),
        (b"", "image/png"),
        (picture("JPEG"), "image/png"),
        (b"<svg", "image/svg+xml"),
        (LINKED_SVG % b"report.png", "image/svg+xml"),
        (LINKED_SVG % b"../../../x.png", "image/svg+xml"),
        (LINKED_SVG % b"file:///etc/passwd", "image/svg+xml"),
        (LINKED_SVG % b"http://127.0.0.1:9/x.png", "image/svg+xml"),
    ],
)
def test_a_logo_that_cannot_be_read_is_one_clear_error(content: bytes, media_type: str) -> None:
    """Also one that refers to other files: none is read."""
    with pytest.raises(sla.InvalidValueError, match=f"logo cannot be read as {media_type.partition('+')[0]}") as caught:
        pdf(month(logo=Logo(content=content, media_type=media_type)))
    assert caught.value.field == "logo"


def test_a_chart_needs_a_number_as_its_target() -> None:
    """Else there is no place for its line."""
    blocks = tuple(
        replace(block, target=text_cell("none")) if isinstance(block, Chart) else block for block in month().blocks
    )
    with pytest.raises(sla.InvalidTypeError, match="target of a chart"):
        pdf(replace(month(), blocks=blocks))


@pytest.mark.parametrize("package", ["typst", "weblate_fonts", "fontTools.ttLib"])
def test_an_absent_package_is_an_error_that_names_the_extra(package: str) -> None:
    """Also where it is needed for rare characters alone."""
    program = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from sla_compliance.outlets.pdf import pdf; from tests.outlets.documents import month\n"
        "import sla_compliance as sla\n"
        "try: pdf(month(title='\u6708'))\n"
        "except sla.MissingExtraError as error: print(error.extra)"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout == "pdf\n"


def test_nothing_measured_is_a_document_too() -> None:
    """A note in the place of rows, no blocks at all."""
    empty = Table(name="days", columns=(Column(key="date", heading="Day"),), rows=(), note="No whole day in this time.")
    text = "".join(page_texts(pdf(replace(month(), blocks=(empty,)))))
    assert "No whole day in this time." in text
    bare_document: Document = replace(month(), blocks=(), facts=())
    assert "Page 1 / 1" in "".join(page_texts(pdf(bare_document)))
