"""Names of files for keys that may be any text."""
################################################################
# A name has letters, digits, blanks, "_", "-" and "." alone; it neither begins nor
# ends with a dot, and is no name that an operating system keeps for itself. So a file
# stays inside its folder, on any system.
#
# A key that is such a name, and of which no other one differs by case alone, is the
# name. Every other name ends in a digest of its key. So the names are all different,
# and a key has the same one in every run, unless keys like it come or go.
################################################################

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from hashlib import sha256
from typing import Final
from unicodedata import normalize

INDEX_NAME: Final = "index.csv"
NAME_WITHOUT_KEY: Final = "without-key"
_NAME_OF_NOTHING: Final = "key"
_MOST_BYTES: Final = 100
_DIGEST_DIGITS: Final = 8
_NOT_IN_NAMES: Final = re.compile(r"[^\w.\- ]")
_RESERVED_NAME: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d|index)(\..*)?", re.IGNORECASE)


def file_names(keys: Iterable[Hashable], suffix: str) -> dict[Hashable, str]:
    """Return the name of the file of each key.

    Args:
        keys: all that have a file in one folder; None is that of rows without a value.
        suffix: with its dot, e.g. ".pdf".

    >>> file_names(["OLT-7", "../a", None], ".pdf")
    {'OLT-7': 'OLT-7.pdf', '../a': '_a-94e4e5dd.pdf', None: 'without-key.pdf'}
    """
    plain_names = {key: NAME_WITHOUT_KEY if key is None else _plain_name(str(key)) for key in keys}
    uses = Counter(map(_folded, plain_names.values()))
    names: dict[Hashable, str] = {}
    taken: set[str] = set()
    for key, plain_name in plain_names.items():
        is_key_itself = key is None or plain_name == str(key)
        name = plain_name
        if not is_key_itself or uses[_folded(plain_name)] > 1:
            digest = sha256(repr(key).encode("utf-8", errors="surrogatepass")).hexdigest()
            short_name = f"{plain_name}-{digest[:_DIGEST_DIGITS]}"
            # Somebody may make keys whose short digests are equal, or a key that is such a name.
            name = f"{plain_name}-{digest}" if _folded(short_name) in taken | uses.keys() else short_name
        taken.add(_folded(name))
        names[key] = name + suffix
    return names


def _plain_name(text: str) -> str:
    """Return a name that is safe and resembles a text."""
    allowed = _NOT_IN_NAMES.sub("_", normalize("NFC", text))
    cut = allowed.encode()[:_MOST_BYTES].decode(errors="ignore")
    name = cut.strip(". ").lstrip("-. ") or _NAME_OF_NOTHING
    return f"_{name}" if _RESERVED_NAME.fullmatch(normalize("NFKC", name)) else name


def _folded(name: str) -> str:
    """Return what is equal for names that some file system takes for one."""
    return normalize("NFKC", name).casefold()
