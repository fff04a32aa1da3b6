"""JSON-LD by the library PyLD, made to tell what it would drop.

It reads all of JSON-LD 1.1, and is asked for documents that the compiled path does not understand.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from cachetools import LRUCache
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from credentials.errors import ContextError, CredentialError, DataLossError
from credentials.json_types import JsonObject, places, pointer_of
from credentials.linked_data.inline_contexts import (
    brings_own_contexts,
    require_sound_contexts,
    with_usable_contexts,
)

ContextLoader = Callable[[str], JsonObject]

RESOLVED_CONTEXTS = 1_000
"""Processed contexts that are kept; scoped contexts count one by one."""

_CONTEXT_CODES = {
    "invalid term definition",
    "invalid local context",
    "loading remote context failed",
    "context overflow",
    "invalid remote context",
    "recursive context inclusion",
}
_OF_SIZE = (RecursionError, OverflowError)
"""What Python raises for documents that are too deep and for integers that are no doubles."""

_PROTECTED_CODES = {"protected term redefinition", "invalid context nullification"}


class _ScopedContexts(ContextResolver):  # type: ignore[misc]  # PyLD has no types
    """PyLD's resolver, which would write out each scoped context as text to find it again.

    Scoped contexts of pinned documents are the same objects each time.
    """

    def __init__(
        self, resolved: LRUCache[str, Any], scoped: LRUCache[int, Any], load: Callable[..., Any]
    ) -> None:
        super().__init__(resolved, load)
        self._scoped = scoped

    def resolve(self, active: Any, context: Any, base: Any, cycles: Any = None) -> Any:
        """Resolve a context; an object that was resolved before is known by its identity."""
        if not isinstance(context, dict):
            return super().resolve(active, context, base, cycles)
        if id(context) not in self._scoped:
            # The object is kept beside the result, so that its identity stays its own.
            result = super().resolve(active, context, base, cycles)
            self._scoped[id(context)] = (context, result)
        return self._scoped[id(context)][1]


class _SafeProcessor(jsonld.JsonLdProcessor):  # type: ignore[misc]  # PyLD has no types
    """PyLD's expansion, which takes note of all that it leaves out.

    PyLD itself tells of members only, and not of values: a null in `@value`, a language without a
    text, what stands alone in a graph.
    """

    def __init__(self) -> None:
        self.dropped_members: list[str | None] = []
        self.has_dropped_values = False
        super().__init__(on_property_dropped=self.dropped_members.append)

    def _expand(
        self, active_ctx: Any, active_property: Any, element: Any, options: Any, **further: Any
    ) -> Any:
        """Expand a value; what was there and is nothing afterwards was dropped."""
        expanded = super()._expand(active_ctx, active_property, element, options, **further)
        if expanded is None and element is not None:
            self.has_dropped_values = True
        return expanded


class JsonLdLibrary:
    """PyLD, behind a lock (it is not thread-safe) and bound to one source of contexts."""

    def __init__(self, load_context: ContextLoader) -> None:
        """Use `load_context` for every context URL; it raises LookupError for unknown ones."""
        self._load_context = load_context
        self._resolved: LRUCache[str, Any] = LRUCache(maxsize=RESOLVED_CONTEXTS)
        self._scoped: LRUCache[int, Any] = LRUCache(maxsize=RESOLVED_CONTEXTS)
        self._lock = threading.Lock()

    def expand(self, document: JsonObject) -> list[Any]:
        """Expand a document; raise `DataLossError` or `ContextError` where PyLD drops or fails."""
        require_sound_contexts(document)
        processor = _SafeProcessor()
        prepared = with_usable_contexts(document)
        with self._lock:
            expanded = self._run(lambda: processor.expand(prepared, self._options(prepared)))
        if processor.dropped_members:
            raise _undefined_term(document, processor.dropped_members[0])
        if processor.has_dropped_values:
            text = "The document has a value that means nothing as JSON-LD; it would not be signed."
            raise DataLossError(text, code="DROPPED_VALUE")
        return list(expanded)

    def compact(self, expanded: list[Any], context: object) -> JsonObject:
        """Compact an expanded document with the context that it came with."""
        processor = jsonld.JsonLdProcessor()
        prepared = with_usable_contexts({"@context": context})
        options = {**self._options(prepared), "skipExpansion": True}
        with self._lock:
            compacted = self._run(lambda: processor.compact(expanded, prepared, options))
        return dict(compacted)

    def there_and_back(self, document: JsonObject) -> JsonObject:
        """Expand a document, and compact it with the contexts that it came with."""
        return self.compact(self.expand(document), document.get("@context"))

    def _options(self, document: JsonObject) -> dict[str, Any]:
        resolved, scoped = self._resolved, self._scoped
        if brings_own_contexts(document):
            # What a document defines is forgotten with it, or strangers would fill the memory.
            resolved = LRUCache(maxsize=RESOLVED_CONTEXTS)
            scoped = LRUCache(maxsize=RESOLVED_CONTEXTS)
        resolver = _ScopedContexts(resolved, scoped, self._load_remote)
        return {
            "base": None,
            "documentLoader": self._load_remote,
            "contextResolver": resolver,
            "processingMode": "json-ld-1.1",
        }

    def _load_remote(self, url: str, _options: object) -> dict[str, Any]:
        try:
            document = self._load_context(url)
        except LookupError as error:
            raise ContextError(
                f"The context {url} is not known here, and contexts are never fetched.",
                code="CONTEXT_UNKNOWN",
                pointer="/@context",
            ) from error
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": document,
            "tag": "static",
        }

    def _run(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except jsonld.JsonLdError as error:
            raise _translated(error) from error
        except (LookupError, TypeError, ValueError, AttributeError, *_OF_SIZE) as error:
            # PyLD answers some malformed input with Python's own errors.
            raise DataLossError(
                "The document cannot be read as JSON-LD.", code="JSON_LD_ERROR"
            ) from error


def _translated(error: BaseException) -> CredentialError:
    """Find the cause that says most in a chain of PyLD errors."""
    code = ""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, CredentialError):
            return cause
        code = getattr(cause, "code", None) or code
        cause = cause.__cause__
    message = f"The document is not correct JSON-LD ({code or 'no further detail'})."
    if code in _PROTECTED_CODES:
        return ContextError(message, code="PROTECTED_TERM", pointer="/@context")
    if code in _CONTEXT_CODES:
        return ContextError(message, code="CONTEXT_ERROR", pointer="/@context")
    return DataLossError(message, code="JSON_LD_ERROR")


def _undefined_term(document: JsonObject, name: str | None) -> DataLossError:
    pointer = next(
        (
            pointer_of(place)
            for place, _value in places(document)
            if name is not None and place is not None and place[1] == name
        ),
        "",
    )
    return DataLossError(
        "The document has a member that none of its contexts defines; it would not be signed.",
        code="UNDEFINED_TERM",
        pointer=pointer,
    )
