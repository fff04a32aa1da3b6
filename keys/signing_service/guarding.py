"""The part that holds the keys: it answers questions, and signs within its rules."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from keys.errors import KeyMaterialError, SignerRefusedError
from keys.signing_service.forms import form_of
from keys.signing_service.journal import Journal
from keys.signing_service.messages import (
    Frame,
    keys_answer,
    refusal,
    signature_answer,
)
from keys.signing_service.rates import Rate
from keys.store import KeyRecord, StoredKey


@dataclass(frozen=True, slots=True)
class Caller:
    """The process that asks, as the system says who it is (SO_PEERCRED)."""

    process: int
    user: int


@dataclass(frozen=True, slots=True)
class GuardedKey:
    """An opened key, and how to find out whether it may still sign."""

    key: StoredKey
    record_now: Callable[[], KeyRecord]


class Guard:
    """Answers questions about keys, from several threads at once."""

    def __init__(
        self,
        keys: Sequence[GuardedKey],
        journal: Journal,
        rate: Rate,
        now: Callable[[], datetime],
    ) -> None:
        """Hold `keys`, each under its own name; raise `KeyMaterialError` (KEY_NAME) otherwise."""
        self._keys = {one.key.record.name: one for one in keys}
        if len(self._keys) != len(keys):
            text = "Two keys have the same name; a signer is asked for keys by name."
            raise KeyMaterialError(text, code="KEY_NAME")
        self._journal, self._rate, self._now = journal, rate, now
        self._counting, self._signing = threading.Lock(), threading.Lock()

    def answer(self, question: bytes, caller: Caller) -> bytes:
        """Answer one question; what is refused is answered, too, with the reason."""
        try:
            frame = _read(question)
            if frame.members.get("do") == "list":
                return keys_answer(one.record_now().to_json() for one in self._keys.values())
            if frame.members.get("do") == "sign":
                return self._sign(frame, caller)
            raise SignerRefusedError("The signer lists keys and signs.", code="SIGNER_QUESTION")
        except SignerRefusedError as error:
            return refusal(error)
        except KeyMaterialError as error:
            return refusal(SignerRefusedError(str(error), code=error.code))

    def _sign(self, frame: Frame, caller: Caller) -> bytes:
        """Sign one message.

        Obligations:

        1. the key is one of this signer's, and may still sign;
        2. the message is one of a credential's;
        3. neither this second's nor this day's signatures are spent;
        4. the journal has the line on the disk before the signature leaves.
        """
        # 1.
        key = self._key_of(frame.members.get("key"))
        # 2.
        form = form_of(frame.content)
        # 3.
        at = self._now()
        with self._counting:
            self._rate.spend(at.date(), self._journal.signed_on(at.date()))
        # A device signs one message at a time.
        with self._signing:
            signature = key.signer.sign(frame.content)
        # 4.
        number = self._journal.write(
            at,
            {
                "key": key.record.name,
                "form": form,
                "sha256": hashlib.sha256(frame.content).hexdigest(),
                "user": caller.user,
                "process": caller.process,
            },
        )
        return signature_answer(number, signature)

    def _key_of(self, name: object) -> StoredKey:
        if not isinstance(name, str) or name not in self._keys:
            held = ", ".join(sorted(self._keys))
            text = f"The signer has no key of this name; it has: {held}."
            raise SignerRefusedError(text, code="KEY_NOT_FOUND")
        guarded = self._keys[name]
        record = guarded.record_now()
        if not record.is_active():
            text = f"The key {name} is {record.status}; it must not sign."
            raise SignerRefusedError(text, code="KEY_ENDED")
        return guarded.key


def _read(question: bytes) -> Frame:
    try:
        return Frame.from_bytes(question)
    except ValueError as error:
        raise SignerRefusedError(str(error), code="SIGNER_QUESTION") from error
