"""The changelog as a release needs it: the section of its version, checked, and as release notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

CHANGELOG: Final = Path(__file__).parents[2] / "docs" / "changelog.md"
_HEADING: Final = re.compile(r"^## +(\S+)(?: +- +(\S+))?[ \t]*$", re.MULTILINE)
_LINK_TO_A_PAGE: Final = re.compile(r"\[([^\]]+)\]\((?!https?:)([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Section:
    """The section of one version.

    Attributes:
        version: as its heading says, or "Unreleased".
        day: the date of its heading as text; None where there is none.
        body: what stands below the heading, without blank lines around it.
    """

    version: str
    day: str | None
    body: str


def newest_section(text: str) -> Section:
    """Return the topmost section of a changelog.

    Raises:
        ValueError: there is none.
    """
    headings = list(_HEADING.finditer(text))
    if not headings:
        raise ValueError("the changelog has no section; write '## VERSION - YYYY-MM-DD' above the changes")
    end = headings[1].start() if len(headings) > 1 else len(text)
    return Section(headings[0][1], headings[0][2], text[headings[0].end() : end].strip())


def section_faults(section: Section, version: str, today: date) -> list[str]:
    """Return why a section does not release a version today."""
    heading = f"## {version} - {today.isoformat()}"
    if section.version != version:
        return [f"the changelog begins with {section.version}, not with {version}; make its heading '{heading}'"]
    try:
        is_too_late = section.day is None or date.fromisoformat(section.day) > today
    except ValueError:
        is_too_late = True
    if is_too_late:
        return [f"the heading of {version} in the changelog has no date up to today; make it '{heading}'"]
    return [] if section.body else [f"the changelog says nothing of {version}"]


def release_notes(section: Section) -> str:
    """Return a section as a text of its own; links to pages become names of files."""
    body = _LINK_TO_A_PAGE.sub(r"\1 (docs/\2)", section.body)
    return f"# sla-compliance {section.version}\n\n{body}\n"
