"""An application with a few pages, as a room would have them."""

from __future__ import annotations

from flask import Response, url_for
from flask_openapi3.openapi import OpenAPI

from service.pages import (
    N_,
    FieldError,
    NavigationItem,
    Pages,
    PagesSettings,
    add_pages,
    form_text,
    page_response,
    redirect,
    say,
    uploads,
)
from service.web import WebSettings, new_application

UPLOAD_BYTES = 10_000


def sample_application() -> OpenAPI:
    """Build an application with a form, a page for what it did, and one with a defect."""
    pages = Pages("sample", __name__.rpartition(".")[0], upload_bytes=UPLOAD_BYTES)
    # The words of the sample are those that all pages share.
    pages.package = "service.pages"

    @pages.get("/")
    def form() -> Response:
        return page_response("sample/form.html", name="")

    @pages.post("/")
    def send() -> Response:
        name, files = form_text("name"), uploads("file")
        if not name:
            error = FieldError("name", "Enter a name, for example <b>Ana</b>.")
            return page_response("sample/form.html", status=422, errors=[error], name=name)
        say(f"{name} sent {len(files)} files: {', '.join(one.name for one in files)}.")
        return redirect(url_for("sample.form"))

    @pages.post("/carried")
    def carried() -> Response:
        return page_response("sample/form.html", name="", carried={"text": form_text("text")})

    @pages.get("/defect")
    def defect() -> Response:
        raise ZeroDivisionError("<script>")

    application = new_application(WebSettings("Sample", "Pages to test."))
    settings = PagesSettings(
        site=N_("Pages"),
        home="sample.form",
        navigation=[NavigationItem("sample.form", N_("Language"))],
        secret=b"s" * 32,
    )
    add_pages(application, settings, pages)
    return application
