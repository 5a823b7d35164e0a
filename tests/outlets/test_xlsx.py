"""A document as a workbook, read back by other libraries."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pandas
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sla_compliance.errors import InvalidValueError
from sla_compliance.outlets.blocks import Cell, CellKind, Document, Heading, Logo, Note
from sla_compliance.outlets.xlsx import xlsx
from tests.outlets.book_documents import (
    DASH,
    HOSTILE,
    ZONE,
    days,
    instant,
    length,
    october,
    percentage,
    png,
    table_of,
    text,
)

SHEETS = [
    "Summary",
    "Days",
    "Planned work 'exclusions', wit…",
    "Planned work 'exclusions',… (2)",
    "Incidents",
    "Method",
]
HOSTILE_TEXTS = [
    HOSTILE,
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "{=1+1}",
    "http://example.com",
    "mailto:a@example.com",
    "internal:Days!A1",
    "4711",
    "1e5",
    "<script>alert(1)</script> & <b>",
    "_x0041_",
    "سلطة الموانئ",
    "港口管理局",
    "#read('/etc/passwd') $x$ *bold* \\",
    "  two  blanks  ",
]


def read(document: Document) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx(document)), rich_text=False)


def rows_of(sheet: Worksheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def all_cells(book: Workbook) -> list[object]:
    return [value for sheet in book for row in rows_of(sheet) for value in row if value is not None]


def at_midnight(day: int) -> datetime:
    """Return a moment of October; a workbook knows no zones."""
    return datetime.combine(date(2026, 9, 30) + timedelta(days=day), time())


class TestSheets:
    """The first one is to read, the others hold a table each."""

    def test_each_section_beyond_the_bridge_has_its_own(self) -> None:
        """Named by its heading as far as Excel allows it, each name once."""
        assert read(october()).sheetnames == SHEETS
        assert all(len(name) <= 31 for name in SHEETS)

    @pytest.mark.parametrize(
        ("heading", "name"),
        [
            ("History", "History (2)"),
            ("'quoted'", "quoted"),
            ("[]:*?/\\", "Sheet"),
            ("", "Sheet"),
            ("SUMMARY", "SUMMARY (2)"),
            ("\N{GRINNING FACE}" * 20, "\N{GRINNING FACE}" * 15 + "…"),
            ("a\0b\nc\ud800", "a\N{REPLACEMENT CHARACTER}b c\N{REPLACEMENT CHARACTER}"),
        ],
    )
    def test_any_heading_gives_a_name(self, heading: str, name: str) -> None:
        """Excel opens no file with another one."""
        made_of = (Heading(text="Summary", name="summary"), Heading(text=heading, name="x"), Note(sentences=("x",)))
        assert read(october(made_of=made_of)).sheetnames[1] == name

    def test_the_summary_has_what_a_customer_reads(self) -> None:
        """Title, facts, sentences, figures with their notes, and the bridge."""
        rows = [[value for value in row if value is not None] for row in rows_of(read(october())["Summary"])]
        assert [row for row in rows if row] == [
            ["October"],
            ["October 2026, Europe/Oslo"],
            ["Customer", "Acme AS"],
            ["Issued by", "@M. Ade"],
            ["The target was missed."],
            ["Availability", 99.84, "97.10 to 99.95 % possible"],
            ["Change", 0.12],
            ["From gross to contractual: [a/b]"],
            ["bridge 0", "bridge 1"],
            ["Gross", timedelta(hours=2)],
            ["Maintenance", pytest.approx(-3000 / 86_400)],
            ["Counted", timedelta(seconds=4200)],
        ]

    def test_a_table_can_be_filtered_and_printed(self) -> None:
        """Its head stays in sight and stands on each page; the filter leaves the total out."""
        sheet = read(october())["Days"]
        assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B2", "A1:C32", "$1:$1")
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
        footer: Any = sheet.oddFooter
        assert footer.right.text == "Page &P / &N"

    def test_a_wide_table_is_printed_across(self) -> None:
        """A narrow one upright."""
        wide = table_of("wide", [[text("x" * 50), text("y" * 50)]])
        book = read(october(made_of=(Heading(text="S", name="summary"), Heading(text="W", name="w"), wide)))
        assert [sheet.page_setup.orientation for sheet in book] == ["portrait", "landscape"]

    def test_a_long_table_goes_on_on_another_sheet(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With its head again, and the total at its end."""
        monkeypatch.setattr("sla_compliance.outlets.xlsx.MOST_SHEET_ROWS", 20)
        book = read(october())
        first, second = book["Days"], book["Days (2)"]
        assert rows_of(second)[0][:3] == rows_of(first)[0][:3]
        assert [row[0] for row in rows_of(first)[1:21]] == [at_midnight(day) for day in range(1, 21)]
        assert [row[0] for row in rows_of(second)[1:12]] == [at_midnight(day) for day in range(21, 32)]
        assert rows_of(second)[12][0] == "Total"
        assert "Total" not in all_cells(book)[: all_cells(book).index("Days are local.") - 40]

    def test_of_a_table_without_rows_the_note_is_enough(self) -> None:
        """It has no sheet of its own beside another table."""
        empty = replace(table_of("none", [[text("x")]], note="There was none."), rows=())
        made_of = (Heading(text="S", name="summary"), Heading(text="N", name="n"), empty)
        assert all_cells(read(october(made_of=(*made_of, Note(sentences=("x",))))))[-2:] == ["There was none.", "x"]
        book = read(october(made_of=(*made_of, table_of("some", [[text("y")]]))))
        assert book.sheetnames == ["S", "N"]
        assert [row[0] for row in rows_of(book["N"])] == ["some 0", "y", None, "There was none."]

    def test_a_document_without_headings_is_a_book_too(self) -> None:
        """Its title names the sheet."""
        assert read(october(made_of=())).sheetnames == ["October"]


class TestCells:
    """Typed, and exactly the figures of the document."""

    def test_values_have_their_types(self) -> None:
        """A date is a date, a length a share of a day, a percentage the record's number of percent."""
        sheet = read(october())["Days"]
        day, share, downtime, target = sheet[2]
        assert (day.value, day.number_format) == (at_midnight(1), "yyyy-mm-dd")
        assert (share.value, share.number_format) == (99.86, '0.00" %"')
        assert (downtime.value, downtime.number_format) == (timedelta(seconds=121), "[h]:mm:ss")
        assert (target.value, target.number_format) == (99.9, '0.00" %"')
        assert sheet.cell(7, 2).value is None

    def test_instants_are_local_and_carry_their_offset(self) -> None:
        """An hour that is there twice is told apart."""
        sheet = read(october())["Incidents"]
        head, first, second = (sheet.cell(row, 1) for row in (1, 2, 3))
        assert head.value == "incidents 0 (Europe/Oslo)"
        assert first.value == second.value == at_midnight(25) + timedelta(hours=2, minutes=30)
        assert (first.number_format, second.number_format) == (
            'yyyy-mm-dd hh:mm:ss" +02:00"',
            'yyyy-mm-dd hh:mm:ss" +01:00"',
        )

    def test_a_length_below_zero_is_a_number_that_reads_as_the_text(self) -> None:
        """Excel shows no negative time; sums must be right."""
        cell = next(row[1] for row in read(october())["Summary"].iter_rows() if row[0].value == "Maintenance")
        assert cell.value == pytest.approx(-3000 / 86_400)
        assert cell.number_format == '"-0:50:00";"-0:50:00"'

    def test_many_lengths_below_zero_do_not_exhaust_the_formats(self) -> None:
        """Excel holds about 200."""
        table = table_of("left", [[text("x"), length(-seconds)] for seconds in range(1, 1000)])
        book = read(october(made_of=(Heading(text="S", name="summary"), Heading(text="L", name="l"), table)))
        formats = {book["L"].cell(row, 2).number_format for row in range(2, 1001)}
        assert len(formats) == 101
        assert book["L"].cell(1000, 2).value == pytest.approx(-999 / 86_400)

    def test_what_excel_cannot_count_is_its_text(self) -> None:
        """Dates before 1901, whole numbers beyond 15 digits."""
        cells = [
            Cell("1 Jan 1800", date(1800, 1, 1), CellKind.DATE),
            Cell("12345678901234567", 12345678901234567, CellKind.COUNT),
            instant(datetime(1890, 1, 1, tzinfo=ZONE)),
            percentage(None),
        ]
        book = read(
            october(made_of=(Heading(text="S", name="summary"), Heading(text="L", name="l"), table_of("t", [cells])))
        )
        assert rows_of(book["L"])[1] == ["1 Jan 1800", "12345678901234567", "01 Jan 00:00", None]
        assert DASH not in all_cells(book)

    def test_pandas_reads_the_table_as_it_is(self) -> None:
        """The head is the first row, and cells are what they are."""
        frame = pandas.read_excel(io.BytesIO(xlsx(october())), sheet_name="Days").head(31)
        assert frame["Availability"].isna().sum() == 1
        assert frame["Availability"].sum() == pytest.approx(29 * 99.86 + 99.31)


class TestTexts:
    """Texts come from elsewhere, and stay texts."""

    @pytest.mark.parametrize("hostile", HOSTILE_TEXTS)
    def test_no_text_becomes_anything_else(self, hostile: str) -> None:
        """Wherever it stands: no formula, number or link, and no letter changed."""
        table = table_of("t", [[text(hostile)]], note=hostile)
        made_of = (
            Heading(text="S", name="summary"),
            Note(sentences=(hostile,)),
            Heading(text=hostile, name="bridge"),
            table,
            Heading(text="L", name="l"),
            table,
        )
        content = xlsx(october(hostile, made_of=made_of))
        book = openpyxl.load_workbook(io.BytesIO(content))
        texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert sum(cell.value == hostile for cell in texts) == 7
        assert {cell.data_type for cell in texts} == {"s"}
        assert not any(cell.hyperlink for cell in texts)
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            written = b"".join(parts.read(name) for name in parts.namelist() if "sheet" in name)
        assert b"<f>" not in written
        assert b"hyperlink" not in written.lower().replace(b"=hyperlink(", b"")

    def test_an_edited_formula_like_text_stays_a_text(self) -> None:
        """It has the prefix that a person would type."""
        sheet = read(october())["Incidents"]
        assert (sheet["C2"].value, sheet["C2"].quotePrefix, sheet["C3"].quotePrefix) == (HOSTILE, True, False)

    def test_characters_that_no_xml_holds_are_replaced(self) -> None:
        """NUL and lone surrogates among them; ends of lines are one character."""
        table = table_of("t", [[text("a\0b\ud800c\x1bd\ufffee\r\nf\rg")]])
        book = read(october("a\0b", made_of=(Heading(text="S", name="summary"), table)))
        mark = "\N{REPLACEMENT CHARACTER}"
        assert f"a{mark}b{mark}c{mark}d{mark}e\nf\ng" in all_cells(book)
        assert f"a{mark}b" in all_cells(book)

    def test_a_text_that_no_cell_holds_is_cut_with_a_mark(self) -> None:
        """Excel counts 32,767 units of UTF-16."""
        book = read(october("\N{GRINNING FACE}" * 20_000, made_of=()))
        (title, *_rest) = all_cells(book)
        assert title == "\N{GRINNING FACE}" * 16_383 + "…"


def charts_by_sheet(content: bytes) -> list[int]:
    book: Any = openpyxl.load_workbook(io.BytesIO(content))
    return [len(sheet._charts) for sheet in book.worksheets]


class TestChart:
    """A native one, of the cells of the days."""

    def test_it_draws_the_cells_of_the_days_and_the_target(self) -> None:
        """Its ranges are those of the table's sheet; the target has a column behind it."""
        content = xlsx(october())
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            chart = parts.read("xl/charts/chart1.xml").decode()
        for cells in ("Days!$A$2:$A$32", "Days!$B$2:$B$32", "Days!$D$2:$D$32"):
            assert cells in chart
        assert '<c:min val="95"/>' in chart
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert book["Days"]["D1"].value == "Target 99.90 %"
        assert charts_by_sheet(content) == [1, 0, 0, 0, 0, 0]

    def test_a_chart_of_other_points_is_left_out(self) -> None:
        """A native chart needs cells."""
        chart, _ = days(3)
        assert charts_by_sheet(xlsx(october(made_of=(Heading(text="S", name="summary"), chart)))) == [0]


class TestLogos:
    """Above the title."""

    def test_a_picture_is_inserted_at_most_60_pixels_high(self) -> None:
        """Whatever its size."""
        picture = png(300, 120)
        content = xlsx(october(logo=Logo(content=picture, media_type="image/png")))
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert parts.read("xl/media/image1.png") == picture
            # Drawings measure in English metric units, 9,525 a pixel.
            pictures = [parts.read(name) for name in parts.namelist() if name.startswith("xl/drawings/drawing")]
        assert b'<a:ext cx="%d" cy="%d"/>' % (150 * 9525, 60 * 9525) in pictures[0]

    @pytest.mark.parametrize(
        ("content", "media_type", "message"),
        [
            (b"<svg/>", "image/svg+xml", "logo is image/svg+xml, which a workbook cannot hold; give it as PNG or JPEG"),
            (b"no picture", "image/png", "logo is no readable picture"),
            (png(1, 1)[:20] + b"\0" * 60, "image/png", "logo is no readable picture"),
            (b"\xff\xd8" + b"\xff" * 60, "image/jpeg", "logo is no readable picture"),
        ],
    )
    def test_what_is_no_picture_is_one_clear_error(self, content: bytes, media_type: str, message: str) -> None:
        """It names the logo and the way out."""
        with pytest.raises(InvalidValueError, match=message.replace("+", r"\+")):
            xlsx(october(logo=Logo(content=content, media_type=media_type)))


class TestBytes:
    """The same document, the same file."""

    def test_two_processes_write_the_same(self) -> None:
        """Whatever their hash seeds and clocks."""
        program = (
            "import sys; from sla_compliance.outlets.xlsx import xlsx; "
            "from tests.outlets.book_documents import october; sys.stdout.buffer.write(xlsx(october()))"
        )
        contents = {
            subprocess.run(
                [sys.executable, "-c", program], check=True, capture_output=True, env={"PYTHONHASHSEED": seed}
            ).stdout
            for seed in ("1", "2")
        }
        assert contents == {xlsx(october())}

    def test_the_file_carries_the_time_of_the_document(self) -> None:
        """And its parts the earliest that a zip file knows."""
        content = xlsx(october())
        properties = openpyxl.load_workbook(io.BytesIO(content)).properties
        assert (properties.created, properties.title) == (at_midnight(32) + timedelta(hours=8), "October")
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
