"""Whatever evaluate() takes as alarms, as a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Final

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.checks import wrong_type
from sla_compliance.corrected_batch import corrected_batch
from sla_compliance.corrections import Correction
from sla_compliance.errors import InvalidValueError
from sla_compliance.rows.frames import NativeFrame, batch_from_frame, is_frame
from sla_compliance.rows.mappings import batch_from_rows
from sla_compliance.rows.options import OF_FRAME, OF_ROWS
from sla_compliance.rows.reading import RowFormat
from sla_compliance.validation import OnInvalid

Alarms = AlarmBatch | Iterable[Alarm] | Iterable[Mapping[Any, Any]] | NativeFrame
_NOTHING: Final = object()


def evaluated_batch(alarms: Alarms, on_invalid: OnInvalid, corrections: Iterable[Correction] = ()) -> AlarmBatch:
    """Return the batch of some alarms; the first of several says whether they are Alarm or mappings.

    Corrections apply before rows are judged; those of a batch are judged again (`corrected_batch`).

    Raises:
        InvalidTypeError: it is none of these, or another kind follows the first.
        Others as `AlarmBatch.from_alarms`, `alarms_from_rows`, `alarms_from_frame`.
    """
    if isinstance(alarms, AlarmBatch):
        return corrected_batch(alarms, corrections)
    try:
        return _batch_of_rows(alarms, on_invalid, corrections)
    except InvalidValueError as error:
        if error.field not in ("rows", "frame"):
            raise
        raise error.renamed("alarms") from None  # the name of evaluate()'s argument


def _batch_of_rows(
    alarms: Any,  # noqa: ANN401 - whatever the caller gives
    on_invalid: OnInvalid,
    corrections: Iterable[Correction],
) -> AlarmBatch:
    if is_frame(alarms):
        return batch_from_frame(alarms, RowFormat(option_names=OF_FRAME), on_invalid, corrections=corrections)
    if isinstance(alarms, str | bytes | Mapping) or not isinstance(alarms, Iterable):
        raise wrong_type(alarms, "alarms", "an AlarmBatch, several Alarm, several mappings or a frame")
    remaining: Any = iter(alarms)
    first = next(remaining, _NOTHING)
    all_of_them = remaining if first is _NOTHING else chain([first], remaining)
    if isinstance(first, Mapping):
        return batch_from_rows(all_of_them, RowFormat(option_names=OF_ROWS), on_invalid, corrections=corrections)
    return AlarmBatch.from_alarms(all_of_them, corrections=corrections, on_invalid=on_invalid)
