"""Composition: what all sections of a document are made from."""

from __future__ import annotations

from dataclasses import dataclass

from sla_compliance.analysis.incident_costs import IncidentCosts
from sla_compliance.analysis.statements import Statement
from sla_compliance.analysis.trends import Trend
from sla_compliance.calendars.periods import Period
from sla_compliance.day_figures import DayFigures
from sla_compliance.outlets._document.wording import TONES, Wording
from sla_compliance.outlets.blocks import Tone
from sla_compliance.outlets.missing_incidents import MissingIncidents
from sla_compliance.outlets.text import is_confirmed
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.verdicts import Verdict


@dataclass(frozen=True, kw_only=True)
class Composition:
    """What all sections of a document are made from.

    Attributes:
        figures: a report, or a service's answer.
        period: of the table of days.
        records: the records of that period.
        wording: how it is said.
        incident_costs: of an answer, which has no rows; None: those of the report, if it is one.
        missing_incidents: why an answer without incident costs lists no outages.
        trend: how the period compares; None: what the report holds, if it is one.
        statement: what the document states, if it was issued.
    """

    figures: DayFigures
    period: Period
    records: tuple[ComplianceRecord, ...]
    wording: Wording
    incident_costs: IncidentCosts | None
    missing_incidents: MissingIncidents
    trend: Trend | None
    statement: Statement | None

    @property
    def report(self) -> ComplianceReport | None:
        """The figures where they have rows behind them."""
        return self.figures if isinstance(self.figures, ComplianceReport) else None

    @property
    def total(self) -> ComplianceRecord:
        """The record of the whole window."""
        return self.figures.total

    def is_confirmed(self, record: ComplianceRecord) -> bool:
        """Return whether the verdict on a record is confirmed."""
        return is_confirmed(self.figures, record)

    def tone(self, record: ComplianceRecord, *, is_confirmed: bool) -> Tone:
        """Return what a record means for its reader."""
        if record.is_hour:
            return Tone.PLAIN
        is_certain = is_confirmed or record.verdict in (Verdict.UNDETERMINED, Verdict.BREACHED)
        return TONES[record.verdict] if is_certain else Tone.UNCERTAIN
