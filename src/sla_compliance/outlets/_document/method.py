"""The method of a document: how the figures were made, from what, and what they supersede."""

from __future__ import annotations

from collections.abc import Iterator

from sla_compliance.measured import FactCode
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets._document.wording import text_cell
from sla_compliance.outlets.blocks import Block, Cell, Column, Heading, Note, Row, Table
from sla_compliance.units import moment
from sla_compliance.zones import load_zone


def method_section(composition: Composition) -> list[Block]:
    """Return the method in one sentence, then policy, zone rules, instant, digests and statement."""
    wording = composition.wording
    columns = (
        Column(key="name", heading=wording.say("method_name")),
        Column(key="value", heading=wording.say("method_value")),
    )
    rows = tuple(Row(cells=(text_cell(wording.say(f"method_{name}")), cell)) for name, cell in _entries(composition))
    return [
        Heading(text=wording.say("heading_method"), name="method"),
        Note(sentences=(wording.say("method_sentence", method=method_words(composition)),)),
        Table(name="method", columns=columns, rows=rows),
    ]


def method_words(composition: Composition) -> str:
    """Return how the figures were made, in one line; in English the words of `DayFigures.method`."""
    wording, figures = composition.wording, composition.figures
    policy = figures.policy
    names = [wording.say(f"severity_{severity}") for severity in sorted(policy.qualifying.severities)]
    severities = wording.say("method_or").join(names)
    parts = [wording.say("method_down", severities=severities)]
    lengths = {"merged": policy.merge_gap, "dropped": policy.min_outage, "stale": policy.stale_after}
    for name, length in lengths.items():
        if length:
            parts.append(wording.say(f"method_{name}", length=wording.exact(length)))
    parts.append(_accounting_words(composition))
    return wording.say("separator").join(parts)


def _accounting_words(composition: Composition) -> str:
    return composition.wording.say(f"accounting_{composition.figures.accounting.name.lower()}")


def _entries(composition: Composition) -> Iterator[tuple[str, Cell]]:
    """Yield the lines of the table: their names and values."""
    wording, figures = composition.wording, composition.figures
    detail = figures.detailed_record()
    yield "days", text_cell(figures.zone)
    yield "zone_rules", text_cell(str(detail["tz_version"]))
    yield "as_of", wording.instant(moment(figures.as_of_us, load_zone(figures.zone)))
    yield "accounting", text_cell(_accounting_words(composition))
    yield "policy", text_cell(figures.policy.fingerprint)
    digest = detail["input_digest"]
    yield "input_digest", text_cell(wording.say("method_no_digest") if digest is None else str(digest))
    yield from _statement_entries(composition)
    corrected = [fact for fact in figures.quality_facts if fact.code == FactCode.CORRECTED]
    if corrected or (composition.statement is not None and composition.statement.corrections):
        section = wording.say("heading_quality")
        yield "corrections", text_cell(wording.say("method_some_corrected", section=section))


def _statement_entries(composition: Composition) -> Iterator[tuple[str, Cell]]:
    """Yield what there is to say of the statement that the document is of."""
    wording, statement = composition.wording, composition.statement
    if statement is None:
        return
    instant = wording.formats.instant(moment(statement.issued_us, load_zone(statement.zone)))
    number = wording.formats.number(statement.number)
    name = "statement_provisional" if statement.is_provisional else "statement_final"
    yield "statement", text_cell(wording.say(name, number=number, instant=instant, author=statement.issued_by))
    yield "statement_digest", text_cell(statement.digest)
    if statement.supersedes is not None:
        reason = statement.reason or ""
        words = wording.say("statement_supersedes", number=wording.formats.number(statement.number - 1), reason=reason)
        yield "supersedes", text_cell(f"{words} ({statement.supersedes})")
