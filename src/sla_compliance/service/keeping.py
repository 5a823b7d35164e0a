"""Keeping: closed days into the store, and stored days measured anew where facts have changed."""
################################################################
# Only closed days are stored, and only those of which every row is still there.
# What is stored stays, whatever a later look would find: rows are purged, zone
# rules change. A day that was told of a change is measured anew between the bounds
# it was stored with. Where rows of it are purged by now it is not told at all, and
# stays as it is; so a purge that reports each row it deletes alters nothing.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.service.measuring import Measuring
from sla_compliance.service.questions import Question, Subject, day_spans
from sla_compliance.stores.protocol import DayStore, Restatement


@dataclass(frozen=True, slots=True)
class Keeping:
    """A store and what fills it.

    Attributes:
        store: of closed days.
        measuring: where their cells come from.
    """

    store: DayStore
    measuring: Measuring

    async def add(self, question: Question) -> int:
        """Store the closed days of a question that are not there yet; return how many those were."""
        subject = question.subject
        known = [key for key in question.closed if self.measuring.is_complete(subject, question.spans[key][0])]
        stored = await self.store.days(known)
        new = question.spans_of(key for key in known if key not in stored)
        return await self.store.add(await self.measuring.anew(subject, new))

    async def mark(self, subject: Subject, dates: Iterable[dt.date]) -> int:
        """Tell the stored days of some dates of a change, where every row is still there; return how many."""
        known = [date for date in dates if self.measuring.is_complete(subject, first_instant_us(date, subject.zone))]
        return await self.store.mark(subject.tenant_id, known)

    async def restate(self, subject: Subject, *, reason: str) -> list[Restatement]:
        """Measure anew what was told of changes, and can be; return what differed."""
        marked = await self.store.days(await self.store.marked(subject.tenant_id))
        spans = day_spans(
            subject,
            (
                (key.date, stored.day.start_us, stored.day.end_us)
                for key, stored in marked.items()
                if self.measuring.is_complete(subject, stored.day.start_us)
            ),
        )
        ours = {key: span for key, span in spans.items() if key in marked}
        measured = await self.measuring.anew(subject, ours)
        restated = {key: replace(marked[key], day=day, included=marked[key].told) for key, day in measured.items()}
        return await self.store.restate(restated, reason=reason, at_us=subject.as_of_us)
