"""Measuring: days from the store where they are kept, else from the facts."""
################################################################
# A stored day is taken while it includes every change it was told of; also when
# it does not, once rows it would need are purged: then nothing better can be had.
# All other days are measured over one window, with one query.
################################################################

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sla_compliance.compliance import evaluate
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.report import ComplianceReport
from sla_compliance.service.answers import Provenance
from sla_compliance.service.facts import Facts, Window, has_scoped
from sla_compliance.service.questions import Question
from sla_compliance.stores.protocol import DayStore

Found = Mapping[DayKey, tuple[MeasuredDay, Provenance]]


@dataclass(frozen=True, slots=True)
class Measuring:
    """Store and facts as one.

    Attributes:
        facts: alarms and agreements.
        store: closed days; None: nobody keeps them.
    """

    facts: Facts
    store: DayStore | None

    async def days(self, question: Question, keys: Iterable[DayKey]) -> Found:
        """Return some days of a question."""
        stored = await self._stored(question, set(keys))
        rest = [key for key in keys if key not in stored]
        measured = await self.anew(question, rest) if rest else {}
        return {
            **{key: (day, Provenance.STORE) for key, day in stored.items()},
            **{key: (day, Provenance.SOURCE) for key, day in measured.items()},
        }

    async def _stored(self, question: Question, keys: set[DayKey]) -> dict[DayKey, MeasuredDay]:
        closed = [key for key in question.closed if key in keys]
        if self.store is None or not closed:
            return {}
        found = await self.store.days(closed)
        return {
            key: stored.day
            for key, stored in found.items()
            if stored.is_current or not self.is_complete(question, stored.day.start_us)
        }

    def is_complete(self, question: Question, start_us: int) -> bool:
        """Return whether no row of the time from `start_us` on, and none that damping looks at, is missing."""
        return start_us - question.policy.margin_us >= self.facts.complete_since_us(question.tenant_id)

    async def anew(self, question: Question, keys: Iterable[DayKey]) -> dict[DayKey, MeasuredDay]:
        """Return some days, at least one, measured from the facts."""
        wanted = set(keys)
        report = await self._report(question, *question.hull_us(wanted))
        remarks = report.quality.lines()
        measured = {
            record.date: MeasuredDay(
                date=record.date,
                start_us=record.start_us,
                end_us=record.end_us,
                cells_us=record.cells_us,
                as_of_us=question.as_of_us,
                tz_version=report.tz_version,
                remarks=remarks,
            )
            for record in report.days
        }
        return {key: measured[key.date] for key in question.bounds_us if key in wanted}

    async def _report(self, question: Question, start_us: int, end_us: int) -> ComplianceReport:
        window = Window(question.tenant_id, question.settings, start_us, end_us, question.as_of_us)
        terms = await self.facts.terms(window)
        batch = await self.facts.alarms(window, whole_rows=has_scoped(terms))
        return await asyncio.to_thread(evaluate, batch, **terms)
