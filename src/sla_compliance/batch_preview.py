"""The preview of a batch: how many alarms there are, of when, and what their reader must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Final, Protocol

from sla_compliance.columns import Column
from sla_compliance.drawing.markup import Markup
from sla_compliance.drawing.preview import Preview
from sla_compliance.drawing.small_chart import bar_chart
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.units import moment

_BARS: Final = 60


class BatchFacts(Protocol):
    """What a preview reads of a batch; AlarmBatch says what each is."""

    @property
    def starts_us(self) -> Sequence[int]: ...  # noqa: D102 - described by AlarmBatch
    @property
    def undated(self) -> Collection[int]: ...  # noqa: D102
    @property
    def disputed_ids(self) -> Collection[object]: ...  # noqa: D102
    @property
    def columns(self) -> Mapping[str, Column]: ...  # noqa: D102
    @property
    def rejected(self) -> Sequence[RejectedRow]: ...  # noqa: D102
    @property
    def active_rows(self) -> Sequence[int]: ...  # noqa: D102


def batch_preview(batch: BatchFacts) -> Preview:
    """Return what a batch says of itself; its chart counts the alarms by when they were raised.

    Cost: one pass over the rows.
    """
    starts_us = batch.starts_us
    facts = []
    if starts_us:
        facts.append(("raised", f"{_second(min(starts_us))} to {_second(max(starts_us))}"))
    if severities := Counter(map(str, batch.columns.get("severity", ()))):
        counts = [f"{count:,} {severity}" for severity, count in severities.most_common()]
        facts.append(("severities", ", ".join(counts)))
    facts.append(("still active", f"{len(batch.active_rows):,}"))
    facts.append(("set aside", f"{len(batch.rejected):,}"))
    if batch.undated:
        facts.append(("over without a time", f"{len(batch.undated):,}"))
    if batch.disputed_ids:
        facts.append(("ids whose rows disagree", f"{len(batch.disputed_ids):,}"))
    return Preview(
        heading=f"{len(starts_us):,} {'alarm' if len(starts_us) == 1 else 'alarms'}",
        facts=facts,
        chart=partial(_chart, starts_us),
        notes=partial(_reasons, batch.rejected),
    )


def _second(instant_us: int) -> str:
    return moment(instant_us).isoformat(timespec="seconds")


def _chart(starts_us: Sequence[int]) -> Markup:
    """Return how many alarms were raised in each of some equal stretches of time."""
    if not starts_us:
        return Markup("")
    first_us, last_us = min(starts_us), max(starts_us)
    # The last instant belongs to the last stretch, so the whole is a microsecond longer than their distance.
    length_us = last_us - first_us + 1
    counts = [0] * _BARS
    for start_us in starts_us:
        counts[(start_us - first_us) * _BARS // length_us] += 1
    return bar_chart(
        counts,
        label=f"Alarms raised over time, {len(starts_us):,} in all",
        first=moment(first_us).date().isoformat(),
        last=moment(last_us).date().isoformat(),
    )


def _reasons(rejected: Sequence[RejectedRow]) -> list[str]:
    return [f"set aside: {reason}" for row in rejected for reason in row.reasons]
