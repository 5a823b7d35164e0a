"""What the built site would load from other hosts: nothing. `nox -s docs` runs this on the site that it has built."""
################################################################
# A reader behind a firewall has the whole site, and no other host learns who reads
# it. Links that a reader follows may lead elsewhere; what a page loads by itself may
# not: scripts, styles, fonts, pictures, frames.
################################################################

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

# Attributes whose address a browser requests without being asked to.
LOADED: Final = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
}
OTHER_HOST: Final = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
STYLE_ADDRESS: Final = re.compile(r"(?:url\(\s*[\"']?|@import\s+[\"'])\s*((?:https?:)?//[^\"')]+)", re.IGNORECASE)


class _Loaded(HTMLParser):
    """Collects what a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of a tag."""
        names = LOADED.get(tag, ())
        self.addresses += [value for name, value in attrs if name in names and value]
        self.addresses += [address for name, value in attrs if name == "style" for address in _of_style(value or "")]


def _of_style(text: str) -> list[str]:
    return STYLE_ADDRESS.findall(text)


def foreign_addresses_of(page: str) -> list[str]:
    """Return what a page of HTML loads from another host."""
    loaded = _Loaded()
    loaded.feed(page)
    return [address for address in loaded.addresses if OTHER_HOST.match(address)]


def foreign_addresses(site: Path) -> Iterator[tuple[str, str]]:
    """Yield file and address of all that the pages and styles of a site load from other hosts."""
    for path in sorted(site.rglob("*.html")):
        for address in foreign_addresses_of(path.read_text(encoding="utf-8")):
            yield path.relative_to(site).as_posix(), address
    for path in sorted(site.rglob("*.css")):
        for address in _of_style(path.read_text(encoding="utf-8")):
            yield path.relative_to(site).as_posix(), address


if __name__ == "__main__":
    found = list(foreign_addresses(Path(sys.argv[1])))
    for file, address in found:
        print(f"{file} loads {address}")
    sys.exit(1 if found else 0)
