"""What client and signer say to each other: one JSON object on one line, then bytes.

A question is {"do": "list"} or {"do": "sign", "key": NAME}, followed by the message to be signed.
An answer is {"keys": [record, …]}, {"number": N} followed by the signature, or
{"refused": CODE, "message": TEXT}, with "busy": true where asking later helps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from keys.errors import SignerRefusedError, SignerUnreachableError

MESSAGE_BYTES = 4_194_304
"""Largest message that is signed: the signing input of a token with a whole document in it."""

HEAD_BYTES = 65_536
"""Largest JSON line, which lists all keys of a signer at most."""

QUESTION_BYTES = HEAD_BYTES + MESSAGE_BYTES


@dataclass(frozen=True, slots=True)
class Frame:
    """One question or answer: the members of the line, and the bytes behind it."""

    members: dict[str, Any]
    content: bytes = field(default=b"", repr=False)

    def to_bytes(self) -> bytes:
        """Write the frame."""
        return json.dumps(self.members).encode("ascii") + b"\n" + self.content

    @classmethod
    def from_bytes(cls, data: bytes) -> Frame:
        """Read a frame; raise `ValueError` for anything else."""
        line, newline, content = data.partition(b"\n")
        if not newline or len(line) > HEAD_BYTES or len(content) > MESSAGE_BYTES:
            raise ValueError("This is no message of a signer, or it is too large.")
        try:
            members = json.loads(line)
        except RecursionError as error:
            raise ValueError("The message is nested too deeply.") from error
        if not isinstance(members, dict):
            raise ValueError("A message of a signer begins with a JSON object.")
        return cls(members, content)


def listing() -> bytes:
    """Ask which keys there are."""
    return Frame({"do": "list"}).to_bytes()


def signing(key: str, message: bytes) -> bytes:
    """Ask for a signature of the key called `key` over `message`."""
    return Frame({"do": "sign", "key": key}, message).to_bytes()


def keys_answer(records: Iterable[dict[str, Any]]) -> bytes:
    """Answer with the records of the keys."""
    return Frame({"keys": list(records)}).to_bytes()


def signature_answer(number: int, signature: bytes) -> bytes:
    """Answer with a signature, and its number in the journal."""
    return Frame({"number": number}, signature).to_bytes()


def refusal(error: SignerRefusedError) -> bytes:
    """Answer that nothing was signed, and why."""
    members = {"refused": error.code, "message": str(error), "busy": error.is_busy}
    return Frame(members).to_bytes()


def read_answer(data: bytes) -> Frame:
    """Read an answer; raise `SignerRefusedError` for a refusal, or `SignerUnreachableError`."""
    try:
        frame = Frame.from_bytes(data)
    except ValueError as error:
        text = "What listens at the socket does not answer as a signer does."
        raise SignerUnreachableError(text, code="SIGNER_ANSWER") from error
    if "refused" not in frame.members:
        return frame
    raise SignerRefusedError(
        str(frame.members.get("message", "The signer refused.")),
        code=str(frame.members["refused"]),
        is_busy=frame.members.get("busy") is True,
    )
