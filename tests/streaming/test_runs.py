"""Runs over Parquet files: what they read, refuse and say, and how they go on after their end came too early."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner, Result
from pyarrow import parquet

from sla_compliance.cli.commands import commands
from tests.streaming.killed_runs import rows_of_many_tenants
from tests.streaming.worlds import RANGE, days_by_report, days_of_file, rows_of_world, write_rows


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rows of three tenants and none; runs divide them into small pieces and parts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sla_compliance.streaming.runs.PART_ROWS", 4)
    monkeypatch.setattr("sla_compliance.streaming.runs.FILE_PIECE_ROWS", 5)
    write_rows(tmp_path / "alarms.parquet", good_rows("folder"))
    return tmp_path


def good_rows(seed: str, count: int = 24) -> list[dict[str, object]]:
    """Return rows of three tenants and none."""
    return rows_of_world(seed, count, tenants=["t1", "t2", "t3", None], has_bad_rows=False)


def stream(*arguments: str, output: str = "days.parquet", each: str | None = "tenant_id") -> Result:
    """Run the command in this process."""
    keys = () if each is None else ("--each", each)
    return CliRunner().invoke(commands, ["report", *arguments, *RANGE, *keys, "--output", output, "--processes", "1"])


@pytest.mark.usefixtures("folder")
class TestFiles:
    """Which files are read, and how."""

    def test_folders_that_name_the_keys_give_the_days_of_one_file(self, folder: Path) -> None:
        """As Hive and Spark write them; then nothing is sorted."""
        rows = [row for row in good_rows("folder") if row["tenant_id"]]
        for number, row in enumerate(rows):
            path = folder / "hive" / f"tenant_id={row['tenant_id']}" / f"part-{number}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_rows(path, [row], without=["tenant_id"])
        assert stream("hive").exit_code == 0
        assert days_of_file(folder / "days.parquet", "tenant_id") == days_by_report(
            ["hive", *RANGE, "--each", "tenant_id"]
        )

    def test_files_of_other_columns_and_types_are_one_table(self, folder: Path) -> None:
        """Names in another case, units of time, numbers as keys; no severities are critical rows."""
        parts = folder / "parts"
        parts.mkdir()
        times = pa.array([1_790_900_000_000], pa.timestamp("ms", "UTC"))
        parquet.write_table(pa.table({"Tenant_ID": pa.array([7]), "first_occurrence": times}), parts / "a.parquet")
        severe = {"severity": ["High"], "cleared_at": pa.nulls(1), "labels": [{"tenant": 1}]}
        encoded = pa.array(["7"]).dictionary_encode()
        later = times.cast(pa.timestamp("us", "Africa/Lagos"))
        parquet.write_table(pa.table({"tenant_id": encoded, "first_occurrence": later, **severe}), parts / "b.parquet")
        words = ("--map-severity", "minor=High")
        assert stream("parts", *words).exit_code == 0
        expected = days_by_report(["parts", *RANGE, "--each", "tenant_id", *words])
        assert days_of_file(folder / "days.parquet", "tenant_id") == expected
        assert any(values[-1] for values in expected.values()), "the critical row is downtime"

    def test_names_are_mapped_and_reach_into_objects(self, folder: Path) -> None:
        """As in every file of rows."""
        start = pa.array([1_790_900_000], pa.int64())
        parquet.write_table(
            pa.table({"began": start, "labels": [{"tenant": "acme", "severity": "major"}]}), folder / "named.parquet"
        )
        columns = ("--column", "first_occurrence=began", "--column", "severity=labels.severity")
        options = (*columns, "--column", "tenant_id=labels.tenant", "--epoch", "s")
        assert stream("named.parquet", *options).exit_code == 0
        expected = days_by_report(["named.parquet", *RANGE, "--each", "tenant_id", *options])
        assert days_of_file(folder / "days.parquet", "tenant_id") == expected
        assert {key for key, _ in expected} == {"acme"}

    def test_no_rows_make_a_file_without_days(self, folder: Path) -> None:
        """And a note, for an export that is empty is probably not whole."""
        write_rows(folder / "empty.parquet", [])
        result = stream("empty.parquet")
        assert result.exit_code == 0
        assert "Note: no rows were read" in result.stderr
        assert days_of_file(folder / "days.parquet", "tenant_id") == {}


@pytest.mark.usefixtures("folder")
class TestRefusals:
    """What is not done, and the way out."""

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("alarms.csv",), "reads Parquet files, and alarms.csv is none"),
            (("-",), "reads Parquet files, and - is none"),
            (("alarms.parquet", "--by", "week"), "--by does not fit --format parquet"),
            (("alarms.parquet", "--fail-on", "breached"), "the verdicts stand in it"),
            (("alarms.parquet", "--corrections", "c.csv"), "corrections need all rows at once"),
            (("alarms.parquet", "--format", "csv"), "--processes is about a Parquet file"),
        ],
    )
    def test_options_that_mean_nothing_are_refused(self, arguments: Sequence[str], message: str) -> None:
        """Rather than ignored."""
        result = stream(*arguments)
        assert (result.exit_code, message in " ".join(result.stderr.split())) == (2, True), result.stderr

    def test_a_key_or_its_column_is_missing(self, folder: Path) -> None:
        """The message names the option."""
        write_rows(folder / "one.parquet", [{**row, "tenant_id": "t1"} for row in good_rows("one")])
        assert "give --each COLUMN" in stream("alarms.parquet", each=None).stderr
        assert "--each is 'site'; the files have the columns" in stream("one.parquet", each="site").stderr

    def test_rows_of_several_tenants_are_refused_until_one_is_chosen(self, folder: Path) -> None:
        """As by any report on the values of another column, also where the first rows are of one."""
        write_rows(folder / "one.parquet", [{**row, "tenant_id": "t1"} for row in good_rows("one")])
        (folder / "both").mkdir()
        for name in ("one", "alarms"):
            (folder / f"{name}.parquet").rename(folder / "both" / f"{name}.parquet")
        result = stream("both", each="resource_id")
        assert result.exit_code == 2
        assert "alarms of several tenants" in result.stderr
        assert not (folder / "days.parquet.parts").exists()

    def test_bad_rows_are_named_by_file_and_row(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """And leave neither output nor anything to go on with. This one stands behind the rows looked at first."""
        monkeypatch.setattr("sla_compliance.streaming.runs.PART_ROWS", 500)
        rows = [dict(row) for _ in range(60) for row in good_rows("folder")]
        rows[1_200]["cleared_at"] = rows[1_200]["first_occurrence"]
        rows[1_200]["first_occurrence"] = None
        write_rows(folder / "bad.parquet", rows, group_rows=500)
        result = stream("bad.parquet")
        assert result.exit_code == 2
        assert "bad.parquet:1201 first_occurrence is empty" in result.stderr
        assert sorted(path.name for path in folder.iterdir()) == ["alarms.parquet", "bad.parquet"]
        set_aside = stream("bad.parquet", "--on-invalid", "quarantine")
        assert "Note: 1 bad row set aside: bad.parquet:1201 first_occurrence is empty" in set_aside.stderr


class TestGoingOn:
    """The same command goes on where it was; another one does not touch what is there."""

    def test_what_is_done_is_not_done_again(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A job is done where its outcome is there: its file alone, and one half written, count for nothing."""
        monkeypatch.setattr("sla_compliance.streaming.runs.PART_ROWS", 100)
        write_rows(folder / "alarms.parquet", rows_of_many_tenants(), group_rows=100)
        assert stream("alarms.parquet").exit_code == 0
        whole = (folder / "days.parquet").read_bytes()
        (folder / "days.parquet").unlink()
        leave_unfinished(folder)
        outcomes = sorted((folder / "days.parquet.parts").glob("days-*.json"))
        outcomes[0].unlink()
        outcomes[0].with_suffix(".parquet").write_bytes(b"half")
        wrong_days = parquet.read_table(outcomes[1].with_suffix(".parquet")).slice(0, 0)
        parquet.write_table(wrong_days, outcomes[1].with_suffix(".parquet"))
        result = stream("alarms.parquet")
        assert "Note: goes on with the run of" in result.stderr
        lacking = days_of_file(folder / "days.parquet", "tenant_id")
        assert stream("alarms.parquet").exit_code == 0
        assert (folder / "days.parquet").read_bytes() == whole
        days = days_of_file(folder / "days.parquet", "tenant_id")
        assert 0 < len(lacking) < len(days)
        assert lacking.items() <= days.items()

    def test_another_question_is_refused_until_it_is_to_begin_from_the_start(self, folder: Path) -> None:
        """So a mistyped option costs nothing of what is done; the instant of evaluation stays that of the first run."""
        parts = folder / "days.parquet.parts"
        assert stream("alarms.parquet", "--target", "99").exit_code == 0
        first = days_of_file(folder / "days.parquet", "tenant_id")
        leave_unfinished(folder, "--target", "99")
        for changed in (("--target", "98"), ("--unkeyed", "nobody")):
            result = stream("alarms.parquet", *changed)
            assert result.exit_code == 2
            names = ", ".join(sorted({"--target", changed[0]}))
            assert f"an unfinished run that differs in {names};" in result.stderr
        write_rows(folder / "alarms.parquet", good_rows("other"))
        assert "differs in the files of alarms" in stream("alarms.parquet", "--target", "99").stderr
        result = stream("alarms.parquet", "--target", "99", "--restart")
        assert result.exit_code == 0
        assert days_of_file(folder / "days.parquet", "tenant_id") != first
        assert not parts.exists()

    def test_files_of_others_in_the_folder_stay(self, folder: Path) -> None:
        """The folder may have been there."""
        (folder / "days.parquet.parts").mkdir()
        (folder / "days.parquet.parts" / "letter.txt").write_text("mine", encoding="utf-8")
        assert stream("alarms.parquet").exit_code == 0
        assert [path.name for path in (folder / "days.parquet.parts").iterdir()] == ["letter.txt"]


def leave_unfinished(folder: Path, *options: str) -> None:
    """Run until the output is to be written, which fails."""
    in_the_way = folder / f".days.parquet.{os.getpid()}.part"
    in_the_way.mkdir()
    result = stream("alarms.parquet", *options)
    in_the_way.rmdir()
    assert (result.exit_code, "Is a directory" in result.stderr) == (2, True), result.stderr
    assert (folder / "days.parquet.parts" / "manifest.json").exists()
