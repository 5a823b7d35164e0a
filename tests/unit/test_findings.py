"""Findings by themselves: what programs read of them, and their order."""

from __future__ import annotations

import pytest

from sla_compliance.analysis import Finding, FindingCode
from sla_compliance.analysis.findings import counted_rows, in_order_of_stake
from sla_compliance.units import MINUTE_US, SECOND_US


def finding(code: FindingCode = FindingCode.OPEN, at_stake_us: int | None = 0, reason: str = "") -> Finding:
    """Return a finding of one row."""
    return Finding(
        code=code, sentence="1 open alarm", rows=1, at_stake_us=at_stake_us, reason=reason, keyword="corrections"
    )


def test_a_code_is_written_as_its_name() -> None:
    """Programs choose by it."""
    assert [str(code) for code in FindingCode] == list(FindingCode.__members__)


def test_a_finding_in_json_types_says_all() -> None:
    """Seconds are exact, minutes rounded up."""
    known = Finding(
        code=FindingCode.UNSEEN,
        sentence="2 alarms",
        rows=2,
        at_stake_us=61 * SECOND_US + 5,
        keyword="corrections",
        names=("a", "b"),
    )
    assert known.as_dict() == {
        "code": "UNSEEN",
        "sentence": "2 alarms",
        "rows": 2,
        "at_stake_us": 61_000_005,
        "at_stake_seconds": "61.000005",
        "at_stake_minutes": 2,
        "reason": "",
        "keyword": "corrections",
        "names": ["a", "b"],
    }
    unknown = finding(at_stake_us=None, reason="no start").as_dict()
    fields = ("at_stake_us", "at_stake_seconds", "at_stake_minutes", "reason", "names")
    assert [unknown[field] for field in fields] == [None, None, None, "no start", []]


def test_what_is_at_stake_stands_in_the_line() -> None:
    """Thousands are grouped; without minutes the reason stands there."""
    assert finding(at_stake_us=1234 * MINUTE_US).explain() == "1 open alarm: 1,234 min at stake; settled by corrections"
    assert finding(at_stake_us=None, reason="no start").explain() == "1 open alarm: no start; settled by corrections"


def test_findings_stand_in_order_of_stake() -> None:
    """No time at stake is more than none that is known; equal ones keep the order of the codes."""
    codes = (FindingCode.HISTORY, FindingCode.OPEN, FindingCode.COPIES, FindingCode.UNSEEN, FindingCode.NO_START)
    stakes = (5, 5, None, 0, 1)
    ordered = in_order_of_stake(map(finding, codes, stakes))
    assert [item.code for item in ordered] == [codes[1], codes[0], codes[4], codes[3], codes[2]]


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "key", "1 key"),
        (2, "key", "2 keys"),
        (0, "key", "0 keys"),
        (1, "unknown severity", "1 unknown severity"),
        (12_345, "unknown severity", "12,345 unknown severities"),
    ],
)
def test_numbers_and_nouns_agree(number: int, noun: str, text: str) -> None:
    """Of one, of several, of none."""
    assert counted_rows(number, noun) == text
