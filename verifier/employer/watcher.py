"""Asking again about everything that is watched, and telling what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from service.errors import FetchError
from service.mail import Letter, MailError
from service.webhooks import signature_header
from verifier.answers import Answer
from verifier.checks.world import World
from verifier.employer.store.watching import Told, Watched, WatchStore
from verifier.employer.watched import News, answer_again, webhook_body
from verifier.pages.answer_texts import TEXTS

Post = Callable[[str, bytes, tuple[tuple[str, str], ...]], None]
"""Hands bytes over to a web address by the guarded way out; raises `FetchError`."""

SendLetter = Callable[[str, Letter], None]
"""Sends a letter to a mail address; raises `MailError`."""

Say = Callable[[str, str], str]
"""Says a text in a language, by its tag."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn came to: asked again, changed, told, deleted by age."""

    asked: int = 0
    changed: int = 0
    told: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Watcher:
    """What a turn needs; `post` and `send` are None where nothing is told that way."""

    store: WatchStore
    world: Callable[[], World]
    every: timedelta
    retention: timedelta
    say: Say
    post: Post | None = None
    send: SendLetter | None = None

    def turn(self) -> Turn:
        """Ask again about what is due, tell what changed, and delete what is too old.

        What cannot be told now is told in a later turn; it may come twice.
        """
        deleted = self.store.forget_older(self.retention)
        due = self.store.due(self.store.now() - self.every)
        changed = sum(self._ask(one) for one in due)
        told = sum(self._tell(*one) for one in self.store.untold())
        return Turn(len(due), changed, told, deleted)

    def _ask(self, one: Watched) -> bool:
        answer = answer_again(one.about, one.document, self.world())
        self.store.found(one, answer)
        return answer != one.answer

    def _tell(self, one: Watched, told: Told, news: News) -> int:
        ways = (
            (told.mail and one.told_by_mail != one.answer, self._by_mail, True),
            (told.webhook and one.told_by_webhook != one.answer, self._by_webhook, False),
        )
        count = 0
        for is_wanted, tell, by_mail in ways:
            if is_wanted and tell(told, news):
                self.store.was_told(one, by_mail=by_mail)
                count += 1
        return count

    def _by_mail(self, told: Told, news: News) -> bool:
        if self.send is None:
            return False
        try:
            self.send(told.mail, letter_of(news, told.language, self.say))
        except MailError:
            return False
        return True

    def _by_webhook(self, told: Told, news: News) -> bool:
        if self.post is None:
            return False
        body = webhook_body(news)
        header = signature_header(told.secret, body, self.store.now())
        try:
            self.post(told.webhook, body, (header,))
        except FetchError:
            return False
        return True


def letter_of(news: News, language: str, say: Say) -> Letter:
    """Write a letter about a change; it names credential and issuer, and nobody else."""
    telling, texts = news.about["telling"], TEXTS[Answer(news.answer)]
    name = telling.get("name") or telling.get("id") or "?"
    issuer = telling.get("issuer_shown_as") or telling.get("issuer_name") or telling["issuer"]
    answer = say(texts.title, language)
    subject = say("A credential that you watch: %(answer)s", language) % {"answer": answer}
    line = say("%(name)s, issued by %(issuer)s: %(answer)s.", language)
    return Letter(
        subject=subject,
        paragraphs=[
            line % {"name": name, "issuer": issuer, "answer": answer},
            say(texts.meaning, language),
            say(texts.advice, language),
        ],
        language=language,
    )
