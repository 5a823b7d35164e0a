"""The fonts of PDF documents, and the text that they can show."""
################################################################
# All fonts come from packages, none from the system, so a document has the same
# bytes on every machine. The first font that has a cluster, a character with the
# marks that follow it, shows it.
#
# A cluster that no font has never becomes an empty box: each of its characters
# stands as its code, e.g. [U+1F525]. Characters of private use are such ones too:
# what they mean is not known outside of the data.
################################################################

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sla_compliance.drawing.markup import displayable_text
from sla_compliance.errors import requires_extra

if TYPE_CHECKING:
    from typst import Fonts

_FILES: Final = {
    "Source Sans 3": "source-sans/ttf/SourceSans3-Regular.ttf",
    "Kurinto Sans": "kurinto/ttf/KurintoSans-Rg.ttf",
    "Kurinto Sans SC": "kurinto/ttf/KurintoSansSC-Rg.ttf",
    "Kurinto Sans JP": "kurinto/ttf/KurintoSansJP-Rg.ttf",
    "Kurinto Sans KR": "kurinto/ttf/KurintoSansKR-Rg.ttf",
    "Kurinto Sans TC": "kurinto/ttf/KurintoSansTC-Rg.ttf",
}
"""The file of each family's regular weight; the bold one has the same characters."""
_ALPHABETS: Final = ("Source Sans 3", "Kurinto Sans")
# Characters that Chinese, Japanese and Korean share look different in each: the document's language comes first.
_LANGUAGES: Final = {"zh": "Kurinto Sans SC", "ja": "Kurinto Sans JP", "ko": "Kurinto Sans KR"}
_TRADITIONAL: Final = {"HANT", "TW", "HK", "MO"}

# Shapers show nothing for them, in whatever font (Unicode's Default_Ignorable_Code_Point).
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BLANK: Final = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
_BYTE_ORDER_MARK: Final = "\ufeff"  # archivable PDF files must not hold it; it shows nothing


def font_families(locale: str) -> list[str]:
    """Return the families of a document, the preferred ones first."""
    language, *subtags = re.split("[-_]", locale)
    preferred = _LANGUAGES.get(language.lower(), "")
    if language.lower() == "zh" and _TRADITIONAL & {subtag.upper() for subtag in subtags}:
        preferred = "Kurinto Sans TC"
    families = [*_ALPHABETS, preferred, *_FILES]
    return [family for family in dict.fromkeys(families) if family]


@cache
def packaged_fonts() -> Fonts:
    """Return the fonts of the extra, opened once in a process.

    Raises:
        MissingExtraError: the extra is not installed.
    """
    with requires_extra("pdf", "sla_compliance.outlets.pdf"):
        from typst import Fonts  # noqa: PLC0415 - an extra
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_folder())])


def _folder() -> Path:
    with requires_extra("pdf", "sla_compliance.outlets.pdf"):
        import weblate_fonts  # noqa: PLC0415 - an extra
    return Path(str(weblate_fonts.__file__)).parent / "static" / "weblate_fonts"


def printable_text(text: str) -> str:
    """Return text on one line, of which the fonts have every character.

    Characters that no document can hold are replacement characters, as on pages.
    """
    if text.isascii() and text.isprintable():
        return text
    line = _BLANK.sub(" ", text).replace(_BYTE_ORDER_MARK, "")
    return "".join(_shown_cluster(cluster) for cluster in _clusters(displayable_text(line)))


def _clusters(text: str) -> Iterator[str]:
    """Yield each character with the marks that follow it."""
    start = 0
    for place, character in enumerate(text):
        is_mark = unicodedata.category(character).startswith("M")
        if place > start and not is_mark:
            yield text[start:place]
            start = place
    if text:
        yield text[start:]


@cache
def _characters(family: str) -> frozenset[str]:
    """Return the characters that a font has."""
    with requires_extra("pdf", "sla_compliance.outlets.pdf"):
        from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    with TTFont(_folder() / _FILES[family], lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _shown_cluster(cluster: str) -> str:
    visible = set(_INVISIBLE.sub("", cluster))
    is_private = any(unicodedata.category(character) == "Co" for character in visible)
    # Fonts are opened in order, so that documents without Chinese open none of the large ones.
    if not is_private and any(visible <= _characters(family) for family in _FILES):
        return cluster
    return "".join(f"[U+{ord(character):04X}]" for character in cluster if not _INVISIBLE.match(character))
