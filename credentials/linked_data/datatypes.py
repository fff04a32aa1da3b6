"""How datatypes begin, and which numbers are integers (JSON-LD 1.1 API section 8.2.2)."""

from __future__ import annotations

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
I18N = "https://www.w3.org/ns/i18n#"
LARGEST_INTEGER_FORM = 10**21
"""Numbers from here on are written as doubles (step 10)."""
