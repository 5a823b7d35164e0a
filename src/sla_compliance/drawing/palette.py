"""The colours of report pages and of the dashboard, light and dark."""
################################################################
# Every colour stands here, once, as a CSS custom property. Style sheets use the
# properties and hold no colour of their own; an architecture test checks it.
#
# Green is the one accent (what was up), red the one alarm colour (what was down),
# amber stands for what is at risk, everything else is grey. Paper is always light.
################################################################

from __future__ import annotations

import re
from textwrap import indent
from typing import Final

LIGHT_COLOURS: Final = """\
  color-scheme: light dark;
  --page: #f5f6f4;
  --surface: #fff;
  --sunken: #eaeeea;
  --selected: #fff;
  --knob: #fff;
  --paper: #fff;
  --ink: #17201c;
  --muted: #57625d;
  --line: #e1e5e1;
  --edge: #868f8a;
  --up: #0f7a55;
  --up-soft: #0f7a55;
  --down: #b93a2b;
  --risk: #8a5a00;
  --met-wash: #e4f2ec;
  --up-wash: #b7d7cc;
  --down-wash: #fbe9e6;
  --risk-wash: #faf0dc;
  --focus: #1f5fbf;
  --shadow: 0 1px 2px rgb(23 32 28 / 5%), 0 8px 24px -16px rgb(23 32 28 / 18%);
  --selected-shadow: 0 1px 2px rgb(0 0 0 / 14%);
  --tip-shadow: 0 4px 20px rgb(0 0 0 / 16%);
"""
DARK_COLOURS: Final = """\
  --page: #0e1311;
  --surface: #161d1a;
  --sunken: #1f2724;
  --selected: #36413c;
  --ink: #e9efec;
  --muted: #9daaa4;
  --line: #28312d;
  --edge: #75817b;
  --up: #45c795;
  --up-soft: #2fa277;
  --down: #ff8674;
  --risk: #efb655;
  --met-wash: #17342a;
  --up-wash: #21503f;
  --down-wash: #3b1f1b;
  --risk-wash: #362a14;
  --focus: #86b6ff;
  --shadow: none;
"""
"""Declarations that stand behind the light ones: those of them that change."""

PALETTE_CSS: Final = f"""\
:root {{
{LIGHT_COLOURS}}}
@media screen and (prefers-color-scheme: dark) {{
  :root {{
{indent(DARK_COLOURS, "  ")}  }}
}}
"""
"""The colours of a page whose scheme is the one that the reader's system prefers."""


def paper_colours() -> dict[str, str]:
    """Return the colours of paper by name, as hexadecimal digits behind a "#", for outlets without style sheets."""
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", LIGHT_COLOURS))
