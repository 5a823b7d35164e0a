"""StreamedQuestion: what is asked of the rows, in a form that another process can be given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sla_compliance.evaluation import EvaluationKeywords
from sla_compliance.inventory import Inventory
from sla_compliance.readings import Unkeyed
from sla_compliance.rows.options import KEYWORDS, OptionNames
from sla_compliance.rows.reading import RowFormat
from sla_compliance.rows.times import Epoch
from sla_compliance.rows.words import WordMap
from sla_compliance.validation import OnInvalid


@dataclass(frozen=True, kw_only=True)
class RowKeywords:
    """How rows are read; attributes as the arguments of `FileAlarmSource`."""

    columns: Mapping[str, str] = field(default_factory=dict)
    times_in: str | None = None
    epoch: Epoch | None = None
    severity_map: WordMap | None = None
    status_map: WordMap | None = None
    on_invalid: OnInvalid = "raise"
    clock_skew: dt.timedelta = dt.timedelta(0)

    def row_format(self, option_names: OptionNames = KEYWORDS) -> RowFormat:
        """Return the format of the files' rows, checked; errors as RowFormat."""
        return RowFormat(
            columns=self.columns,
            times_in=self.times_in,
            epoch=self.epoch,
            severity_map=self.severity_map,
            status_map=self.status_map,
            option_names=option_names,
        )


@dataclass(frozen=True, kw_only=True)
class StreamedQuestion:
    """What is asked.

    Attributes:
        by: the column of the keys, by our name.
        terms: those of all keys that have none of their own.
        terms_by_key: the terms of keys that have their own, by the key's text; None: no key can have any. Where keys
            can, rows without a key are no doubt of others, as each tenant of a contract file is evaluated by itself.
        inventory: keys that have days even without a row, and what is agreed for each; no key depends on another.
        unkeyed: whose the rows without a key are.
        rows: how rows are read.
        reaches_children: whether a window reaches the children of alarms.
    """

    by: str
    terms: EvaluationKeywords
    terms_by_key: Mapping[str, EvaluationKeywords] | None = None
    inventory: Inventory | None = None
    unkeyed: Unkeyed = "doubt"
    rows: RowKeywords
    reaches_children: bool = False
