"""Measuring: days from the store where they are kept, else from the facts."""
################################################################
# A stored day is taken while it includes every change it was told of; also when
# it does not, once rows it would need are purged: then nothing better can be had.
# All other days are measured over one window, with one query.
################################################################

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sla_compliance.batch import AlarmBatch
from sla_compliance.compliance import EvaluationArguments
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.service.answers import Provenance
from sla_compliance.service.facts import Facts
from sla_compliance.service.questions import Question, Span, Subject, Window
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

    async def days(self, question: Question, keys: Collection[DayKey]) -> Found:
        """Return some days of a question."""
        stored = await self._stored(question, keys)
        rest = question.spans_of(key for key in keys if key not in stored)
        measured = await self.anew(question.subject, rest)
        return {
            **{key: (day, Provenance.STORE) for key, day in stored.items()},
            **{key: (day, Provenance.SOURCE) for key, day in measured.items()},
        }

    async def _stored(self, question: Question, keys: Collection[DayKey]) -> dict[DayKey, MeasuredDay]:
        closed = [key for key in question.closed if key in keys]
        if self.store is None or not closed:
            return {}
        found = await self.store.days(closed)
        return {
            key: stored.day
            for key, stored in found.items()
            if stored.is_current or not self.is_complete(question.subject, stored.day.start_us)
        }

    def is_complete(self, subject: Subject, start_us: int) -> bool:
        """Return whether no row of the time from `start_us` on, and none that damping looks at, is missing."""
        return start_us - subject.policy.margin_us >= self.facts.complete_since_us(subject.tenant_id)

    async def anew(self, subject: Subject, spans: Mapping[DayKey, Span]) -> dict[DayKey, MeasuredDay]:
        """Return days between these bounds, measured from the facts over the shortest window that holds them."""
        if not spans:
            return {}
        window = Window(subject, min(start for start, _ in spans.values()), max(end for _, end in spans.values()))
        arguments = await self.facts.terms(window)
        batch = await self.facts.alarms(window, whole_rows=arguments.has_targeted_exclusions)
        return await self.facts.turns.computed(_measured, batch, arguments, spans, subject.as_of_us)


def _measured(
    batch: AlarmBatch, arguments: EvaluationArguments, spans: Mapping[DayKey, Span], as_of_us: int
) -> dict[DayKey, MeasuredDay]:
    report = arguments.report(batch)
    remarks = report.quality.lines()
    return {
        key: MeasuredDay(
            date=key.date,
            start_us=start_us,
            end_us=end_us,
            cells_us=report.ledger.cells_us(start_us, end_us),
            as_of_us=as_of_us,
            tz_version=report.tz_version,
            remarks=remarks,
        )
        for key, (start_us, end_us) in spans.items()
    }
