"""A device with a key of its own, as a browser is one: it signs what a page shows, and no more."""

from __future__ import annotations

import hashlib
import html
import json
import re
from dataclasses import dataclass
from typing import Any

from keys.did import did_key
from keys.multibase import base64url
from keys.signer import PrivateKeySigner
from keys.verification_key import KeyType
from tests.wallet.wallets import Visitor


@dataclass(frozen=True)
class SignPage:
    """What a page asks a browser to sign."""

    action: str
    mark: str
    mode: str
    texts: tuple[str, ...]

    @classmethod
    def of(cls, answer: Any) -> SignPage:
        assert answer.status_code == 200, answer.text
        form = re.search(
            r'action="(/sign/[\w-]+)" data-sign="([\w-]+)" data-signing="(\w+)"', answer.text
        )
        assert form is not None, answer.text
        found = re.findall(r"<pre[^>]* data-signed[^>]*>(.*?)</pre>", answer.text, re.DOTALL)
        return cls(form[1], form[2], form[3], tuple(map(html.unescape, found)))

    @property
    def message(self) -> bytes:
        """What the script signs (wallet/pages/static/device-keys.js)."""
        if self.mode == "text":
            return self.texts[0].encode()
        return b"".join(hashlib.sha256(text.encode()).digest() for text in self.texts)


@dataclass
class Device:
    """A browser that made a key."""

    signer: PrivateKeySigner

    @classmethod
    def new(cls, kind: KeyType = KeyType.P256) -> Device:
        return cls(PrivateKeySigner.generate(kind))

    @property
    def did(self) -> str:
        return did_key(self.signer.verification_key)

    @property
    def jwk(self) -> dict[str, str]:
        return self.signer.verification_key.to_jwk()

    def begin(self, learner: Visitor, name: str = "Telephone") -> SignPage:
        """Say which key was made."""
        said = learner.post("/mine/keys", name=name, public_key=json.dumps(self.jwk))
        return SignPage.of(said)

    def register(self, learner: Visitor, name: str = "Telephone") -> str:
        """Make a key known to a wallet, and return its id."""
        answer = self.answer(learner, self.begin(learner, name))
        assert answer.status_code == 303, answer.text
        found = re.findall(r"/mine/keys/(key_[0-9a-f]+)/retire", learner.get("/mine/keys"))
        return str(found[0])

    def signature(self, page: SignPage) -> str:
        return base64url(self.signer.sign(page.message))

    def answer(self, learner: Visitor, page: SignPage) -> Any:
        """Sign what a page shows, if it is for this device's key, and send it."""
        assert page.mark == self.jwk["x"]
        return learner.post(page.action, signature=self.signature(page))
