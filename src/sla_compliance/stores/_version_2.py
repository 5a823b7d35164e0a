"""Version 2 of the tables: the statements that make version 3 of it, beside the table of statements."""
################################################################
# Version 2 kept neither the cause nor the author of a restatement, and no statements.
################################################################

from __future__ import annotations

from typing import Final

TO_VERSION_3: Final = (
    "ALTER TABLE sla_restatements ADD COLUMN cause TEXT;",
    "ALTER TABLE sla_restatements ADD COLUMN author TEXT;",
)
"""PostgreSQL and SQLite read them alike."""
