"""Everything about one credential, for pages beside that of the verifier itself."""

from __future__ import annotations

from frameworks.viewpoints import Viewpoint, viewpoints
from verifier.pages import VerifierPage
from verifier.pages.contents import contents
from verifier.pages.facts import facts, is_proven
from verifier.pages.printing import Printed
from verifier.pages.showing import shown
from verifier.pages.views import viewpoint_of
from verifier.pages.worth import worths
from verifier.verifier import Inspection


def explained(page: VerifierPage, inspection: Inspection) -> tuple[Printed, Viewpoint | None]:
    """Prepare what was found, and the framework that the reader has chosen."""
    report, document = inspection.report, inspection.document
    viewpoint = viewpoint_of(viewpoints(page.registers))
    answer = Printed(
        shown=shown(report),
        name=str(report.credential.get("name", "")),
        facts=facts(report, document),
        worths=worths(report.value, viewpoint, page.registers),
        contents=contents(document, report),
        is_proven=is_proven(report),
    )
    return answer, viewpoint
