"""AlteredDates: the local dates that a reported change of an alarm or a correction can alter, by the sources."""
################################################################
# What a change alters says restatement.py; here is read what it depends on: exclusions,
# rows of the same device, corrections and the rows that they name.
################################################################

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.corrections import Correction
from sla_compliance.intervals import NEVER, IntervalSet
from sla_compliance.rows_by_id import with_ids
from sla_compliance.service.next_rows import reach_of_next_rows
from sla_compliance.service.queries import Subject, Window
from sla_compliance.service.restatement import (
    alarm_dates,
    dates_of_alarms,
    targeting_columns,
    time_of_corrected_rows,
)
from sla_compliance.service.source_reader import SourceReader
from sla_compliance.units import instant_us


@dataclass(frozen=True, slots=True)
class AlteredDates:
    """Finds the dates that a change can alter.

    Attributes:
        reader: of the facts as they are after the change.
    """

    reader: SourceReader

    async def of_alarm(self, subject: Subject, old: Alarm | None, new: Alarm | None) -> tuple[dt.date, ...]:
        """Return the dates that a change of an alarm alters by itself, ascending."""
        columns = await self._targeting_columns(subject, old, new)
        work = await self._work(subject, old, new)
        return alarm_dates(subject, old, new, targeting_columns=columns, work=work)

    async def of_other_rows(self, subject: Subject, old: Alarm | None, new: Alarm | None) -> tuple[dt.date, ...]:
        """Return the dates that a change of an alarm alters through rows of its device and through corrections."""
        dates: set[dt.date] = set()
        reach_us = reach_of_next_rows(subject, old, new)
        if reach_us is not None:
            columns = await self._targeting_columns(subject, old, new)
            work = await self._work(subject, old, new)
            neighbours = await self.reader.rows_between(subject, *reach_us)
            dates.update(alarm_dates(subject, old, new, targeting_columns=columns, work=work, neighbours=neighbours))
        dates.update(await self._dates_on(subject, await self._time_of_corrected_rows(subject, old, new)))
        return tuple(sorted(dates))

    async def of_correction(self, subject: Subject, correction: Correction) -> tuple[dt.date, ...]:
        """Return the dates that a correction alters, ascending; none where no row has its id."""
        row_id = str(correction.row_id)
        corrections = await self.reader.corrections(subject.tenant_id)
        corrections_of_row = [entered for entered in corrections if str(entered.row_id) == row_id]
        rows = with_ids(await self.reader.rows_with_ids(subject.tenant_id, [row_id]), [row_id])
        return await self._dates_on(subject, time_of_corrected_rows(subject, rows, [*corrections_of_row, correction]))

    async def _dates_on(self, subject: Subject, altered: IntervalSet) -> tuple[dt.date, ...]:
        """Return the dates that a change of alarms on some time alters."""
        if not altered:
            return ()
        work = await self._work_since(subject, altered.starts_us[0])
        return dates_of_alarms(subject, altered, work=work)

    async def _time_of_corrected_rows(self, subject: Subject, old: Alarm | None, new: Alarm | None) -> IntervalSet:
        """Return when corrected rows may be down or in doubt that a change of a row alters, before or after it."""
        corrections = await self.reader.corrections(subject.tenant_id)
        if not corrections:
            return NEVER
        changed_ids = {str(alarm.id) for alarm in (old, new) if alarm is not None and alarm.id is not None}
        corrections_by_id: dict[str, list[Correction]] = {}
        for correction in corrections:
            corrections_by_id.setdefault(str(correction.row_id), []).append(correction)
        stored_rows = await self.reader.rows_with_ids(subject.tenant_id, corrections_by_id.keys())
        changed_rows = [
            AlarmBatch.from_alarms([alarm], on_invalid="quarantine") for alarm in (old, new) if alarm is not None
        ]
        is_place_changed = reach_of_next_rows(subject, old, new) is not None
        times: list[IntervalSet] = []
        for row_id, corrections_of_row in corrections_by_id.items():
            batches = [with_ids(stored_rows, [row_id])]
            is_undated = bool(batches[0].undated) or any(row.says_over for row in batches[0].rejected)
            if row_id in changed_ids:
                batches += [with_ids(rows, [row_id]) for rows in changed_rows]
            elif not (is_place_changed and is_undated):
                # Rows that are over without a time end with the start of the next row of their device.
                continue
            times += [time_of_corrected_rows(subject, rows, corrections_of_row) for rows in batches]
        return IntervalSet.union(times)

    async def _targeting_columns(self, subject: Subject, old: Alarm | None, new: Alarm | None) -> frozenset[str]:
        """Return the alarm columns that exclusions name while an alarm lasts, before or after a change."""
        if old is None or new is None:
            # The alarm as a whole was added or taken away; which exclusions excuse it makes no difference.
            return frozenset()
        first = min(old.first_occurrence, new.first_occurrence)
        window = Window(subject, instant_us(first, field="first_occurrence"), subject.as_of_us)
        return targeting_columns(await self.reader.exclusions(window))

    async def _work(self, subject: Subject, old: Alarm | None, new: Alarm | None) -> IntervalSet:
        """Return the accepted maintenance since an alarm was raised, where it excuses only what it caused."""
        starts = [alarm.first_occurrence for alarm in (old, new) if alarm is not None]
        if subject.policy.planned_work.excuses != "caused" or not starts:
            return NEVER
        return await self._work_since(subject, instant_us(min(starts), field="first_occurrence"))

    async def _work_since(self, subject: Subject, since_us: int) -> IntervalSet:
        """Return the accepted maintenance since an instant, where it excuses only what it caused."""
        if subject.policy.planned_work.excuses != "caused":
            return NEVER
        start_us = min(since_us, subject.as_of_us)
        arguments = await self.reader.arguments(Window(subject, start_us, subject.as_of_us))
        return arguments.contract.work
