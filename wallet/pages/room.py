"""The room of the wallet's pages: what they work with, who is signed in, guarding every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from flask import Response, request, url_for

from credentials.errors import TallystickError
from credentials.json_types import JsonObject
from credentials.limits import DEFAULT_LIMITS
from credentials.proofs.cryptosuite import Environment
from credentials.verified import VerifiedCredential
from frameworks.registers import Registers
from frameworks.viewpoints import Viewpoint, viewpoints
from service.mail import Mailbox
from service.pages import N_, Pages, page_response, redirect
from service.pages.answers import ERRORS, POLICY
from service.people.door import PACKAGE
from service.sign_in import RelyingParty
from service.web.problems import refusal
from service.writing_down import digest_of
from wallet.asking import Way
from wallet.awards import Awards
from wallet.errors import NotInWalletError, WalletError
from wallet.findings import Findings
from wallet.holder_keys import HolderKeys
from wallet.pages.wording import event_words, member_words, on_day, when
from wallet.signing import Signed
from wallet.store import Learner, WalletStore

UPLOAD_BYTES = 33_554_432
"""How large all files of one form may be: an export of another wallet, packed."""

KEPT = frozenset({"list", "timeline", "credential"})
"""Pages that a browser may keep for its learner, to be read without a network."""

OWNER = "Wallet-Owner"
"""Header that marks such a page: it says nothing but that two pages are of one learner."""

OK = 200
WORKER_POLICY = (
    POLICY.replace("trusted-types 'none'", "trusted-types tallystick-wallet")
    + "; manifest-src 'self'; worker-src 'self'"
)
"""The policy of a learner's pages: beside what all pages may, they begin the wallet's worker."""

SITE = N_("Tallystick wallet")
START = "wallet.start"
COOKIE = "tallystick-wallet"
"""Holds the secret of a session; it goes over TLS only, wherever there is any."""

ANSWERS = {
    "valid": ("good", "check", N_("Valid")),
    "issuer-not-known": ("warn", "person", N_("Valid, issuer not on the list of this service")),
    "not-yet-valid": ("warn", "calendar", N_("Not valid yet")),
    "expired": ("warn", "clock", N_("Expired")),
    "suspended": ("warn", "pause", N_("Suspended")),
    "revoked": ("bad", "revoked", N_("Revoked")),
    "undecided": ("open", "question", N_("Could not be decided")),
    "not-valid": ("bad", "cross", N_("Not valid")),
}
"""Colour, icon and words of each answer of a verification."""

Examine = Callable[[Sequence[bytes]], Sequence[Findings]]
"""Asks the verifier about credentials; never raises for what is in them."""

Verify = Callable[[Sequence[bytes]], Sequence[VerifiedCredential | None]]
"""Gives those credentials that verify, for stacking; None where one does not."""

GoOn = Callable[[Learner, JsonObject, Signed, str], Response]
"""Goes on with what was signed: whose, what was carried, what came of it, and by which key."""

View = TypeVar("View", bound=Callable[..., Response])


@dataclass(frozen=True, slots=True)
class WalletServices:
    """What the pages work with.

    `environment` is what canonicalization needs, `way` how others are asked (None: nobody is).
    `relying_party` asks for passkeys, where browsers take the address for them.
    `base` is the public address, `verify_at` where anybody can check a credential,
    `desks` are addresses of registrars' desks that are offered for applying.  `tells_links`
    shows the link for signing in on the page instead of mailing it: for one's own machine only.
    """

    store: WalletStore
    now: Callable[[], datetime]
    base: str
    examine: Examine
    verify: Verify
    keys: HolderKeys
    awards: Awards
    registers: Registers
    sender: Mailbox
    environment: Environment
    way: Way | None = None
    relying_party: RelyingParty | None = None
    verify_at: str | None = None
    desks: Sequence[str] = ()
    unsafe_tells_links: bool = False
    frameworks: Sequence[Viewpoint] = field(default=(), init=False)

    def __post_init__(self) -> None:
        """Read the names of the frameworks once."""
        object.__setattr__(self, "frameworks", viewpoints(self.registers))

    def framework_of(self, learner: Learner) -> Viewpoint | None:
        """Find the framework that a learner has chosen."""
        return next((one for one in self.frameworks if one.id == learner.framework), None)


class WalletRoom:
    """The pages with what they work with."""

    def __init__(self, services: WalletServices) -> None:
        """Begin with no pages; the modules of this package add theirs."""
        self.services = services
        self.own: set[str] = set()
        """Endpoints that are for signed-in learners."""

        self.after_signing: dict[str, GoOn] = {}
        """What goes on after a signature, by name; the modules of this package add theirs."""

        self.pages = Pages(
            "wallet",
            "wallet.pages",
            has_assets=True,
            uses=(PACKAGE,),
            upload_bytes=UPLOAD_BYTES,
            form_bytes=DEFAULT_LIMITS.document_bytes,
        )
        for filter_ in (when, on_day, event_words, member_words):
            self.pages.add_app_template_filter(filter_, filter_.__name__)
        self.pages.after_request(_keep_to_the_reader)
        self.pages.register_error_handler(NotInWalletError, _not_found)
        self.pages.register_error_handler(WalletError, _refused)

    def at(self, rule: str, *, method: str = "GET") -> Callable[[View], View]:
        """Add a page or a form for whoever is signed in; it gets the learner first.

        Everything it reads is read by that learner's id, so that an id of somebody else's is not
        found.
        """

        def add(view: View) -> View:
            @wraps(view)
            def guarded(**values: str) -> Response:
                learner = self.signed_in()
                if learner is None:
                    return self.to_sign_in()
                return view(learner, **values)

            self.pages.add_url_rule(rule, view.__name__, guarded, methods=[method])
            self.own.add(f"{self.pages.name}.{view.__name__}")
            return view

        return add

    def outside(self, path: str) -> str:
        """Write an address as others reach it; on one's own machine, as it was reached just now."""
        services = self.services
        base = request.host_url if services.unsafe_tells_links else services.base
        return f"{base.rstrip('/')}{path}"

    def signed_in(self) -> Learner | None:
        """Tell who is signed in."""
        secret = request.cookies.get(COOKIE)
        return (
            self.services.store.learners.signed_in(secret, self.services.now()) if secret else None
        )

    def is_fresh(self) -> bool:
        """Tell whether whoever is here signed in lately: a device left open gives nothing away."""
        secret = request.cookies.get(COOKIE, "")
        return self.services.store.learners.is_fresh(secret, self.services.now())

    def end_others(self, learner: Learner) -> None:
        """End the sessions of a learner on all other devices."""
        self.services.store.learners.end_others(learner.id, request.cookies.get(COOKIE, ""))

    def to_sign_in(self) -> Response:
        """Lead to the page where one signs in; a form is refused."""
        if request.method != "GET":
            raise refusal(401)
        return redirect(url_for("wallet.sign_in"))

    def show(
        self, learner: Learner, template: str, *, status: int = 200, **values: Any
    ) -> Response:
        """Answer with a page of a learner's."""
        response = page_response(
            f"wallet/{template}.html",
            status=status,
            learner=learner,
            answers=ANSWERS,
            has_applications=self.services.way is not None,
            **values,
        )
        response.headers["Content-Security-Policy"] = WORKER_POLICY
        if template in KEPT and status == OK:
            response.headers[OWNER] = digest_of(learner.id).rpartition(":")[2]
        return response


def address(endpoint: str, **values: Any) -> str:
    """Give the address of a page of the wallet."""
    return url_for(f"wallet.{endpoint}", **values)


def _keep_to_the_reader(response: Response) -> Response:
    """A page with somebody's credentials is kept by nobody else, and found by no search."""
    if request.endpoint != "wallet.static":
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _not_found(_error: TallystickError) -> Response:
    """Answer alike for what does not exist and for what is somebody else's."""
    return page_response("pages/error.html", status=404, status_code=404, text=ERRORS[404])


def _refused(error: TallystickError) -> Response:
    return page_response("wallet/refused.html", status=409, text=error.message)
