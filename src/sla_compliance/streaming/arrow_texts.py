"""Columns of Arrow as text, and the part of the keys that each row belongs to."""
################################################################
# A value as text is what files say everywhere (sources/_files/chunk.py): so a key is
# one key whatever the type of its column in each of the files. A float that is whole
# is the text of the integer.
#
# The part of a key is a checksum of its text: the same in every process and run.
# Each distinct value of a batch becomes text once.
################################################################

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zlib import crc32

from sla_compliance.columns import is_absent
from sla_compliance.errors import requires_extra
from sla_compliance.rows.arrow import eager_frame, frame_columns
from sla_compliance.sources._files.chunk import Text, text_of

with requires_extra("frames", __name__, package="pyarrow"):
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.compute as pc  # type: ignore[import-untyped]


def plain(array: Any) -> Any:  # noqa: ANN401 - of Arrow
    """Return an array without an encoding of its own."""
    array_type = array.type
    if pa.types.is_dictionary(array_type):
        return array.cast(array_type.value_type)
    if pa.types.is_run_end_encoded(array_type):
        return pc.run_end_decode(array)
    return array


def is_text(array_type: Any) -> bool:  # noqa: ANN401 - of Arrow
    """Return whether a type is one of texts."""
    return bool(
        pa.types.is_string(array_type) or pa.types.is_large_string(array_type) or pa.types.is_string_view(array_type)
    )


def texts_of(array: Any) -> Any:  # noqa: ANN401 - of Arrow
    """Return an array as texts, null where a value is absent; the empty text stays."""
    values = plain(array)
    if is_text(values.type) or pa.types.is_integer(values.type):
        return values.cast(pa.string())
    if pa.types.is_null(values.type):
        return pa.nulls(len(values), pa.string())
    if pa.types.is_floating(values.type):
        return pa.array([_text_of_float(value) for value in values.to_pylist()], pa.string())
    columns, _ = frame_columns(eager_frame(pa.table({"values": values})), cell_of=text_of)
    return pa.array(list(columns["values"].cells()), pa.string())


def _text_of_float(value: float | None) -> Text:
    if value is None or is_absent(value):
        return None
    return str(int(value)) if value.is_integer() else text_of(value)


def key_part(text: str, part_count: int) -> int:
    """Return the part of a key, 0 to part_count - 1."""
    return crc32(text.encode("utf-8", "surrogatepass")) % part_count


def key_parts(keys: Any, part_count: int, name_of: Callable[[str], str] = str) -> Any:  # noqa: ANN401 - of Arrow
    """Return the part of each key as an array of integers; of one that is absent `part_count`.

    Args:
        name_of: returns the key whose part a key is in.
    """
    encoded = texts_of(keys).dictionary_encode()
    parts = [key_part(name_of(text), part_count) if text else part_count for text in encoded.dictionary.to_pylist()]
    if encoded.null_count == len(encoded):
        return pa.array([part_count] * len(encoded), pa.int32())
    return pc.fill_null(pa.array(parts, pa.int32()).take(encoded.indices), part_count)
