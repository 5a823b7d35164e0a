"""Logos of documents, read from files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.outlets.blocks import Logo

MOST_LOGO_BYTES: Final = 5_000_000
_STARTS: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_LOOKED_AT: Final = 1_000


def read_logo(path: str, *, field: str = "logo") -> Logo:
    """Return the picture of a file: PNG, JPEG or SVG, by its content.

    Raises:
        InvalidValueError: it is none of them, or larger than 5 MB; it names the field.
        OSError: it cannot be read.
    """
    with Path(path).open("rb") as file:
        content = file.read(MOST_LOGO_BYTES + 1)
    if len(content) > MOST_LOGO_BYTES:
        raise InvalidValueError(f"{field} is {shown(path)}, which has more than 5 MB; give a smaller file", field=field)
    for start, media_type in _STARTS.items():
        if content.startswith(start):
            return Logo(content=content, media_type=media_type)
    if b"<svg" in content[:_LOOKED_AT]:
        return Logo(content=content, media_type="image/svg+xml")
    raise InvalidValueError(f"{field} is {shown(path)}, which is no PNG, JPEG or SVG; give one of these", field=field)
