"""A PDF with a tree of what each piece of it is, for those who hear it read (PDF 1.7, 14.7, 14.8).

fpdf2 tags pictures only; headings and paragraphs are added to the tree that it keeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from fpdf import FPDF
from fpdf.fonts import TTFFont


class TaggedPdf(FPDF):
    """A document whose texts can be tagged, and whose ornaments can be passed over.

    It holds the files of its fonts open; `with` closes them, also where writing it fails.
    """

    def __enter__(self) -> Self:
        """Begin to write."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the files of all fonts."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    @contextmanager
    def tagged(self, kind: str) -> Iterator[None]:
        """Tag what is written meanwhile, on one page, as a structure element such as H1 or P."""
        number = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{kind}", mcid=number)
        self._out(f"/{kind} <</MCID {number}>> BDC")
        yield
        self._out("EMC")

    @contextmanager
    def ornament(self) -> Iterator[None]:
        """Mark what is drawn meanwhile as an ornament, which is not read out."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")
