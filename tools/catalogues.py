"""The catalogues of the pages' texts: what is new in the code goes in, what is gone goes out.

`python -m tools.catalogues` writes them anew and says what still has to be translated.  Texts that
somebody translated stay as they are, and so does the mark "fuzzy" on drafts that a machine wrote.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tools.sentences import sentences, texts_of_plans

ROOT = Path(__file__).resolve().parent.parent
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
KEYWORDS: dict[str, object] = {
    "_": None,
    "gettext": None,
    "N_": None,
    "NN_": (1, 2),
    "ngettext": (1, 2),
}
HEADER = """# What the texts of {package} are in another language.
# Entries marked "fuzzy" were drafted by a machine, and nobody has looked them over yet: whoever
# does takes the mark away."""
LOCALES = ("fr_CA", "es")
FROM_THE_CORE = {
    ROOT / "service" / "sentences": sentences,
    ROOT / "service" / "plan_words": texts_of_plans,
}
"""Packages whose catalogues hold texts of the core beside their own, and what finds those."""


def packages() -> list[Path]:
    """Find the packages that have catalogues."""
    return sorted(path.parent for path in ROOT.glob("*/*/catalogues") if path.is_dir())


def extracted(package: Path) -> Catalog:
    """Collect the texts of a package from its code and templates."""
    catalogue = Catalog()
    found = extract_from_dir(package, METHODS, OPTIONS, KEYWORDS, ())
    for name, _line, message, _comments, context in found:
        catalogue.add(message, None, [(name, None)], context=context)
    if package in FROM_THE_CORE:
        for text, names in FROM_THE_CORE[package](ROOT).items():
            catalogue.add(text, None, [(name, None) for name in sorted(names)])
    return catalogue


def updated(package: Path, locale: str) -> Catalog:
    """Read the catalogue of one language, and bring it to the texts that there are now."""
    path = package / "catalogues" / f"{locale}.po"
    known = Catalog(locale=locale)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=locale)
    known.update(extracted(package), no_fuzzy_matching=True)
    known.obsolete.clear()
    known.header_comment = HEADER.format(package=package.relative_to(ROOT))
    known.fuzzy = False
    return known


def written(catalogue: Catalog) -> bytes:
    """Write a catalogue, without the dates that would change it each time."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=100, sort_output=True, omit_header=False)
    lines = buffer.getvalue().splitlines(keepends=True)
    unstable = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Project-Id')
    return b"".join(line for line in lines if not line.startswith(unstable))


def untranslated(catalogue: Catalog) -> list[str]:
    """List the texts that have no translation."""
    texts = ((one.id, one.string) for one in catalogue if one.id)
    return [
        str(identifier)
        for identifier, text in texts
        if not all(text if isinstance(text, tuple | list) else (text,))
    ]


def main() -> int:
    """Write all catalogues; the status tells whether every text is translated."""
    is_complete = True
    for package in packages():
        for locale in LOCALES:
            catalogue = updated(package, locale)
            (package / "catalogues" / f"{locale}.po").write_bytes(written(catalogue))
            for text in untranslated(catalogue):
                is_complete = False
                print(f"{package.relative_to(ROOT)} {locale}: {text}")
    return 0 if is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
