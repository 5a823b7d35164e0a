"""The section of a version in the changelog, whether it releases that version, and the notes made of it."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from sla_compliance import __version__
from tests.release import publication
from tests.release.changelog import CHANGELOG, Section, newest_section, release_notes, section_faults
from tests.release.ready import faults

TEXT = """\
# Changelog

A sentence.

## 1.1.0 - 2026-11-20

### Added

- [Alerts](alerts.md#rules) and [a site](https://example.com/).

## 1.0.0 - 2026-01-01

- Old.
"""
TODAY = date(2026, 11, 26)


def test_the_newest_section_ends_where_the_next_begins() -> None:
    """With its version and date."""
    section = newest_section(TEXT)
    assert (section.version, section.day) == ("1.1.0", "2026-11-20")
    assert section.body.startswith("### Added")
    assert section.body.endswith("(https://example.com/).")


def test_the_last_section_ends_with_the_text() -> None:
    """A first release has no other."""
    assert newest_section("## Unreleased\n\n- All.\n") == Section("Unreleased", None, "- All.")


def test_a_changelog_without_sections_is_an_error() -> None:
    """It says how one begins."""
    with pytest.raises(ValueError, match="write '## VERSION - YYYY-MM-DD'"):
        newest_section("# Changelog\n")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (Section("1.1.0", "2026-11-26", "- New."), None),
        (Section("Unreleased", None, "- New."), "begins with Unreleased, not with 1.1.0"),
        (Section("1.0.0", "2026-01-01", "- Old."), "begins with 1.0.0, not with 1.1.0"),
        (Section("1.1.0", None, "- New."), "has no date up to today; make it '## 1.1.0 - 2026-11-26'"),
        (Section("1.1.0", "2026-11-27", "- New."), "has no date up to today"),
        (Section("1.1.0", "yesterday", "- New."), "has no date up to today"),
        (Section("1.1.0", "2026-11-26", ""), "says nothing of 1.1.0"),
    ],
)
def test_a_section_releases_its_version_from_its_date_on(section: Section, message: str | None) -> None:
    """Another one is refused with the heading to write."""
    messages = section_faults(section, "1.1.0", TODAY)
    assert len(messages) == (message is not None)
    assert message is None or message in messages[0]


def test_notes_can_be_read_without_the_documentation() -> None:
    """Links to pages become names of files, others stay."""
    assert release_notes(newest_section(TEXT)) == (
        "# sla-compliance 1.1.0\n\n### Added\n\n- Alerts (docs/alerts.md#rules) and [a site](https://example.com/).\n"
    )


def test_our_changelog_begins_with_this_version_or_what_comes_after_it() -> None:
    """Nothing is added to a section that has been released."""
    assert newest_section(CHANGELOG.read_text(encoding="utf-8")).version in {__version__, "Unreleased"}


class TestReady:
    """A checkout that can be released, and those that cannot."""

    @pytest.fixture
    def checkout(self, tmp_path: Path) -> Path:
        """A repository whose changelog releases this version."""
        (tmp_path / "changelog.md").write_text(f"## {__version__} - 2026-01-01\n\n- All.\n", encoding="utf-8")
        self.git(tmp_path, "init", "-q")
        self.git(tmp_path, "add", "--all")
        self.git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "-m", "all")
        return tmp_path

    @staticmethod
    def git(folder: Path, *arguments: str) -> None:
        subprocess.run(["git", "-C", folder, *arguments], check=True)

    def test_a_clean_checkout_with_a_dated_section_is_ready(self, checkout: Path) -> None:
        """Nothing is missing."""
        assert faults(checkout, checkout / "changelog.md") == []

    def test_files_that_are_not_committed_are_named(self, checkout: Path) -> None:
        """New ones too."""
        (checkout / "new.py").write_text("", encoding="utf-8")
        assert faults(checkout, checkout / "changelog.md") == ["not committed: ?? new.py"]

    def test_a_version_is_released_once(self, checkout: Path) -> None:
        """Its tag is the sign."""
        self.git(checkout, "tag", f"v{__version__}")
        (message,) = faults(checkout, checkout / "changelog.md")
        assert message == f"the tag v{__version__} exists; raise the version in version.py"


def test_checksums_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    """Of every file but their own; written twice, they are the same."""
    notes = publication.write_notes(tmp_path)
    (tmp_path / "some.whl").write_bytes(b"wheel")
    publication.write_checksums(tmp_path)
    publication.write_checksums(tmp_path)
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", publication.CHECKSUMS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{notes.name}: OK\nsome.whl: OK\n"
