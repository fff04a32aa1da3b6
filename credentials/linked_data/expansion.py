"""JSON-LD expansion in safe mode: what expansion would drop is an error instead.

The JSON-LD algorithms drop what no context defines (JSON-LD 1.1 API section 5.1.2), and what is
dropped is not signed.  VC Data Integrity 1.0 section 2.4.1 asks for an error in its place.  Usual
documents are expanded with compiled contexts; all others, and all that are wrong, by the library.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from credentials.errors import DataLossError
from credentials.json_types import JsonObject
from credentials.limits import Limits
from credentials.linked_data import compiled
from credentials.linked_data.compiled import ContextCompiler, NotCompiledError
from credentials.linked_data.compiled.readings import Readings
from credentials.linked_data.inline_contexts import require_bounded_contexts

if TYPE_CHECKING:
    from credentials.linked_data.library import JsonLdLibrary

ContextLoader = Callable[[str], JsonObject]


class LinkedDataProcessor:
    """JSON-LD bound to one source of contexts: compiled where that is possible."""

    def __init__(self, load_context: ContextLoader) -> None:
        """Use `load_context` for every context URL; it raises LookupError for unknown ones."""
        self._load_context = load_context
        self._compiler = ContextCompiler(load_context)
        self.readings = Readings(self._compiler)

    @cached_property
    def library(self) -> JsonLdLibrary:
        """The library; loading it takes longer than verifying a usual credential."""
        from credentials.linked_data.library import JsonLdLibrary

        return JsonLdLibrary(self._load_context)

    def expand(self, document: JsonObject) -> list[Any]:
        """Expand a document.

        Raises `DataLossError` or `ContextError` where something would be dropped or is wrong.
        """
        try:
            return compiled.expand(document, self._compiler)
        except NotCompiledError:
            return self.library.expand(document)

    def there_and_back(self, document: JsonObject) -> JsonObject:
        """Expand a document, and compact it with the contexts that it came with.

        Only what was expanded here is compacted here: the library makes more of odd documents.
        """
        contexts = document.get("@context")
        try:
            expanded = compiled.expand(document, self._compiler)
            return compiled.compact(expanded, contexts, self._compiler)
        except NotCompiledError:
            return self.library.there_and_back(document)

    def last_word(self, document: JsonObject) -> JsonObject:
        """Expand and compact a document by the library, before it is refused.

        Raises `DataLossError` (PROCESSORS_DISAGREE) where the library reads the document otherwise
        than the compiled contexts did, whose reading may have been signed.
        """
        expanded = self.library.expand(document)
        try:
            is_same = compiled.expand(document, self._compiler) == expanded
        except NotCompiledError:
            is_same = True
        if not is_same:
            raise DataLossError(
                "Two ways of reading the document disagree about what it says.",
                code="PROCESSORS_DISAGREE",
            )
        return self.library.compact(expanded, document.get("@context"))


_processors: dict[int, tuple[ContextLoader, LinkedDataProcessor]] = {}
_processors_lock = threading.Lock()
PROCESSORS = 8
"""Sources of contexts whose processors are kept; a program has one or two."""


def processor_for(load_context: ContextLoader) -> LinkedDataProcessor:
    """Return the processor of a source of contexts, so that processed contexts are kept."""
    with _processors_lock:
        known = _processors.get(id(load_context))
        if known is not None and known[0] is load_context:
            return known[1]
        if len(_processors) >= PROCESSORS:
            _processors.clear()
        processor = LinkedDataProcessor(load_context)
        _processors[id(load_context)] = (load_context, processor)
        return processor


def expand(document: JsonObject, *, load_context: ContextLoader, limits: Limits) -> list[Any]:
    """Expand a document in safe mode, refusing documents that would take too much work.

    Raises `DataLossError` (TOO_MANY_VALUES), `LimitExceededError` (TOO_MANY_CONTEXTS,
    CONTEXT_TOO_LARGE), and what expansion itself finds wrong.
    """
    require_bounded_contexts(document, limits)
    return processor_for(load_context).expand(document)
