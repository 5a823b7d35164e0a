"""StreamPlan: everything a job needs to know; each process is given it once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sla_compliance.streaming.arrow_texts import key_part, key_parts
from sla_compliance.streaming.input_files import FilePiece, FileRange, InputFile, batches_of
from sla_compliance.streaming.question import StreamedQuestion
from sla_compliance.streaming.row_columns import RowColumns
from sla_compliance.streaming.work_folder import WorkFolder


@dataclass(frozen=True, slots=True)
class Links:
    """Keys that stand in one part.

    Attributes:
        leader_by_key: of each key that is linked, by its text, the key whose part it is in.
        shared_values: by the space of names, the values whose rows go with those without a key.
    """

    leader_by_key: Mapping[str, str] = field(default_factory=dict)
    shared_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StreamPlan:
    """A run.

    Attributes:
        folder: where jobs write.
        files: the files of the run.
        row_columns: what becomes of their rows.
        pieces: the files in pieces.
        part_count: into how many parts the keys are divided.
        question: what is asked.
        is_partitioned: whether the folders of the files name the keys, so that rows need no sorting by key.
        takes_all_tenants: whether rows may be of several tenants.
        links: keys that stand in one part.
    """

    folder: str
    files: tuple[InputFile, ...]
    row_columns: RowColumns
    pieces: tuple[FilePiece, ...]
    part_count: int
    question: StreamedQuestion
    is_partitioned: bool = False
    takes_all_tenants: bool = True
    links: Links = Links()

    @property
    def work_folder(self) -> WorkFolder:
        """The folder where jobs write."""
        return WorkFolder(Path(self.folder))

    @property
    def row_count(self) -> int:
        """How many rows the files have."""
        return sum(file.row_count for file in self.files)

    @property
    def keyless_part(self) -> int:
        """The part of the rows that have no key."""
        return self.part_count

    def key_part(self, key: object) -> int:
        """Return the part of a key."""
        return key_part(self._part_name(str(key)), self.part_count)

    def parts(self, keys: Any) -> Any:  # noqa: ANN401 - of Arrow
        """Return the parts of an array of keys as an array of integers."""
        return key_parts(keys, self.part_count, self._part_name)

    def _part_name(self, text: str) -> str:
        return self.links.leader_by_key.get(text, text)

    @cached_property
    def places(self) -> list[str]:
        """The names of the files, by number."""
        return [file.path for file in self.files]

    def tables(self, piece: FilePiece) -> Iterator[Any]:
        """Yield the rows of a piece as tables of `row_columns`; errors as these."""
        for file_range in piece:
            yield from self._tables_of_range(file_range)

    def _tables_of_range(self, file_range: FileRange) -> Iterator[Any]:
        file = self.files[file_range.file]
        columns = self.row_columns.columns_to_read(file)
        for first_row, batch in batches_of(file, file_range, columns):
            yield self.row_columns.table(batch, file, file_range.file, first_row)
