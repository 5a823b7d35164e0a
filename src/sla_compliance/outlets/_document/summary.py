"""The summary of a document, in a customer's words, and its first figures."""

from __future__ import annotations

from sla_compliance.analysis.slack import slack_us
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets._document.settling import open_points
from sla_compliance.outlets._document.wording import no_figure, text_cell
from sla_compliance.outlets.blocks import Block, Cell, CellKind, Figure, Figures, Heading, Note
from sla_compliance.records import ComplianceRecord
from sla_compliance.units import SECOND_US
from sla_compliance.verdicts import Verdict, is_over


def summary_section(composition: Composition) -> list[Block]:
    """Return one or two sentences, and the figures that matter most."""
    total = composition.total
    is_confirmed = composition.is_confirmed(total)
    note = Note(sentences=_sentences(composition), tone=composition.tone(total, is_confirmed=is_confirmed))
    heading = Heading(text=composition.wording.say("heading_summary"), name="summary")
    return [heading, note, Figures(figures=_figures(composition))]


def _sentences(composition: Composition) -> tuple[str, ...]:
    wording, total = composition.wording, composition.total
    if total.verdict is Verdict.UNDETERMINED:
        doubt = _doubt(composition) if open_points(composition) else ()
        return (wording.say("summary_no_data"), *doubt)
    availability, target = wording.figure(total).text, wording.target(total)
    if not composition.is_confirmed(total):
        on_record = wording.say("summary_on_record", availability=availability)
        return (on_record, *_doubt(composition))
    if total.verdict is Verdict.BREACHED:
        # Rounded up: what was missed is never less than is said.
        missed = -(slack_us(total) // SECOND_US)
        length = wording.seconds(int(missed))
        name = "summary_breached" if is_over(total.cells_us) else "summary_breached_so_far"
        return (wording.say(name, availability=availability, target=target, length=length),)
    if total.verdict is Verdict.AT_RISK:
        return (wording.say("summary_at_risk", availability=availability, target=target),)
    name = "summary_met" if is_over(total.cells_us) else "summary_met_so_far"
    return (wording.say(name, availability=availability, target=target),)


def _doubt(composition: Composition) -> tuple[str, ...]:
    """Return between which figures doubt leaves the availability, and how much there is to settle."""
    wording, total = composition.wording, composition.total
    section = wording.say("heading_quality")
    count = sum(point.count for point in open_points(composition))
    if not count:
        return (wording.say("summary_not_confirmed_alone", section=section),)
    doubt_of_input = composition.figures.doubt_of_input
    if doubt_of_input is not None:
        reason = wording.say(f"doubt_{doubt_of_input.lower()}")
        return (wording.say("summary_not_confirmed_because", reason=reason, count=count, section=section),)
    possible_range = wording.possible_range(total)
    if possible_range is None:
        return (wording.say("summary_not_confirmed_without_bounds", count=count, section=section),)
    bounds = wording.range(*possible_range)
    return (wording.say("summary_not_confirmed", **bounds, count=count, section=section),)


def _figures(composition: Composition) -> tuple[Figure, ...]:
    wording, total = composition.wording, composition.total
    measured_days = [day for day in composition.figures.days if day.availability_ratio is not None]
    breached = wording.say("breached_of_measured", breached=total.sla_breaches, measured=len(measured_days))
    downtime = wording.downtime(total.downtime_us) if measured_days else no_figure(CellKind.LENGTH)
    return (
        _availability(composition),
        Figure(label=wording.say("target"), cell=wording.target_cell(total)),
        _verdict(composition),
        Figure(
            label=wording.say("downtime"),
            cell=downtime,
            notes=(wording.say("measured_days", count=len(measured_days)),),
        ),
        Figure(
            label=wording.say("breached_days"),
            cell=Cell(breached, total.sla_breaches, CellKind.COUNT),
            notes=(_worst_day(composition, measured_days),),
        ),
        Figure(
            label=wording.say("gross"),
            cell=wording.figure(composition.figures.gross),
            notes=(wording.say("gross_note"),),
        ),
    )


def _availability(composition: Composition) -> Figure:
    wording, total = composition.wording, composition.total
    is_confirmed, possible_range = composition.is_confirmed(total), wording.possible_range(total)
    notes: tuple[str, ...] = ()
    if not is_confirmed and possible_range is not None:
        notes = (wording.say("possible_range", **wording.range(*possible_range)),)
    tone = composition.tone(total, is_confirmed=is_confirmed)
    return Figure(label=wording.say("availability"), cell=wording.figure(total), notes=notes, tone=tone)


def _verdict(composition: Composition) -> Figure:
    wording, total = composition.wording, composition.total
    is_confirmed = composition.is_confirmed(total)
    is_final = is_over(total.cells_us) or total.verdict is Verdict.BREACHED
    return Figure(
        label=wording.say("verdict"),
        cell=text_cell(wording.verdict(total.verdict, is_confirmed=is_confirmed)),
        # Words of what is not confirmed say so themselves.
        notes=(wording.say("confirmed" if is_final else "confirmed_so_far"),) if is_confirmed else (),
        tone=composition.tone(total, is_confirmed=is_confirmed),
    )


def _worst_day(composition: Composition, measured_days: list[ComplianceRecord]) -> str:
    wording = composition.wording
    worst = min(measured_days, key=lambda day: day.availability_ratio or 0, default=None)
    if worst is None:
        return wording.say("nothing_measured")
    if not worst.downtime_us:
        return wording.say("no_downtime_on_any_day")
    date = wording.formats.short_date(worst.date)
    return wording.say("worst_day", percentage=wording.figure(worst).text, date=date)
