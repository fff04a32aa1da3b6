"""The pages of a room, and putting them into an application."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

from flask import Blueprint, Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface
from jinja2 import Environment, StrictUndefined

from service.pages import languages
from service.pages.answers import SETTINGS, error_page
from service.pages.foreign import foreign
from service.pages.markdown import html_of_markdown
from service.pages.same_origin import is_from_elsewhere
from service.pages.sentences import in_words
from service.web.problems import ERROR_PAGE, RequestRefusedError
from service.web.reading import BODY_BYTES_SETTING

FORM_BYTES = 262_144
"""Size of all that a form sends beside files, unless its pages say more."""

FORM_PARTS = 200
"""Number of fields and files of one form."""

ASSET_SECONDS = 31_536_000
"""How long a browser keeps style and script: their address changes when they do."""

SESSION_COOKIE = "tallystick-session"


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the navigation: the endpoint of its page, and its text (marked with `N_`)."""

    endpoint: str
    text: str


@dataclass(frozen=True, slots=True)
class PagesSettings:
    """What the pages of one application share.

    `site` is the name on every page (marked with `N_`), `home` the endpoint to which it leads.
    `secret` signs the cookie for messages after a redirect and for sessions; without one there are
    neither.
    """

    site: str
    home: str
    navigation: Sequence[NavigationItem] = ()
    secret: bytes | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the pages of a room instead of what its application shares.

    For readers who have nothing to do with the other rooms: `site` and `home` are those of
    `PagesSettings`, and there is no navigation.
    """

    site: str
    home: str


class Pages(Blueprint):
    """The pages of one room: a blueprint whose templates, assets and words lie beside its module.

    `templates/NAME/` has the templates, `static/` what they load (if it `has_assets`),
    `catalogues/` the words.  `upload_bytes` is the size of all files that one of its forms may
    send, `form_bytes` that of all else.  `frame` is its own name and start page, if it has them.
    `uses` names packages of shared pages, such as `service.people`, whose templates, words and
    style it shows beside its own.
    """

    def __init__(
        self,
        name: str,
        package: str,
        *,
        url_prefix: str | None = None,
        upload_bytes: int = 0,
        form_bytes: int = FORM_BYTES,
        has_assets: bool = False,
        frame: Frame | None = None,
        uses: Sequence[str] = (),
    ) -> None:
        """Take the name of the room's pages and the package that they lie in."""
        super().__init__(
            name,
            package,
            url_prefix=url_prefix,
            template_folder="templates",
            static_folder="static" if has_assets else None,
            static_url_path=f"/assets/{name}",
        )
        self.package = package
        self.upload_bytes = upload_bytes
        self.form_bytes = form_bytes
        self.frame = frame
        self.uses = tuple(uses)
        self.before_request(self._admit)

    def get_send_file_max_age(self, filename: str | None) -> int:
        """Let browsers keep a file as long as they like, if its address says which it is."""
        return _seconds_kept()

    @property
    def body_bytes(self) -> int:
        """Size of the largest request."""
        return self.upload_bytes + self.form_bytes

    def _admit(self) -> None:
        """Bound what is read of a request, and take forms from our own pages only."""
        request.max_content_length = self.body_bytes
        request.max_form_memory_size = self.form_bytes
        request.max_form_parts = FORM_PARTS
        if is_from_elsewhere(request):
            text = "A page of another site sent this form."
            raise RequestRefusedError(text, status=403, code="FROM_ELSEWHERE")


class _Shared(Blueprint):
    """Templates, style and script of all pages."""

    def get_send_file_max_age(self, filename: str | None) -> int:
        """Let browsers keep a file as long as they like, if its address says which it is."""
        return _seconds_kept()


def _used(package: str) -> _Shared:
    name = package.rpartition(".")[2]
    return _Shared(
        name,
        package,
        template_folder="templates",
        static_folder="static",
        static_url_path=f"/assets/shared-{name}",
    )


def _seconds_kept() -> int:
    return ASSET_SECONDS if "v" in request.args else 0


class _Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie, which only goes over TLS wherever there is any."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Tell whether the cookie may only go over TLS."""
        return request.is_secure


def add_pages(application: Flask, settings: PagesSettings, *rooms: Pages) -> None:
    """Put pages into an application of `service.web`: words, design, error pages, and the pages."""
    shared = _Shared(
        "pages",
        "service.pages",
        template_folder="templates",
        static_folder="static",
        static_url_path="/assets",
    )
    used = list(dict.fromkeys(package for room in rooms for package in room.uses))
    packages = [shared.import_name, *(room.package for room in rooms), *used]
    application.extensions |= {
        SETTINGS: settings,
        languages.EXTENSION: languages.words_of(packages),
        ERROR_PAGE: error_page,
    }
    largest = [application.config[BODY_BYTES_SETTING], *(room.body_bytes for room in rooms)]
    application.config |= {
        BODY_BYTES_SETTING: max(largest),
        "SECRET_KEY": settings.secret,
        "SESSION_COOKIE_NAME": SESSION_COOKIE,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }
    application.session_interface = _Sessions()
    _prepare(application.jinja_env)
    for blueprint in (shared, *map(_used, used), *rooms):
        application.register_blueprint(blueprint)


def _prepare(environment: Environment) -> None:
    """Teach templates languages and dates; what is not defined is a defect, not an empty text."""
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    # Typed as a plain environment, it has the method since it has the extension.
    cast("Any", environment).install_gettext_callables(
        lambda message: languages.current_words().gettext(message),
        lambda one, many, number: languages.current_words().ngettext(one, many, number),
        newstyle=True,
    )
    environment.filters |= {
        "day": languages.day_in_words,
        "moment": languages.moment_in_words,
        "said": languages.gettext,
        "in_words": in_words,
        "foreign": foreign,
        "markdown": html_of_markdown,
        "moment_text": languages.moment_text,
    }
    environment.globals["asset"] = asset


def asset(name: str, package: str = "service.pages", endpoint: str = "pages.static") -> str:
    """Give the address of a file of style or script, which changes when the file does."""
    return current_app.url_for(endpoint, filename=name, v=_edition(package, name))


@cache
def _edition(package: str, name: str) -> str:
    return hashlib.sha256((files(package) / "static" / name).read_bytes()).hexdigest()[:16]
