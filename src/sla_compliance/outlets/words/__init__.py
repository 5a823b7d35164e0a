"""The sentences of documents, in English and French; others add their own language."""

from typing import Final

from sla_compliance.outlets.words.catalogue import Catalogue
from sla_compliance.outlets.words.english import ENGLISH
from sla_compliance.outlets.words.french import FRENCH

__all__ = ["CATALOGUE", "Catalogue"]

CATALOGUE: Final = Catalogue({"en": ENGLISH, "fr": FRENCH})
"""The languages of this library."""
