"""JSON-LD with contexts that are compiled once: the fast path for documents under pinned contexts.

Context processing is nearly all of the work of JSON-LD.  Pinned contexts never change, so what
they mean is computed once and kept.  Only the part of JSON-LD that they use is understood here;
everything else raises `NotCompiledError`, and PyLD does the work and finds the words for what is
wrong.  So this path never refuses a document, and it accepts none that PyLD refuses.
"""

from credentials.linked_data.compiled.compaction import compact
from credentials.linked_data.compiled.contexts import ContextCompiler
from credentials.linked_data.compiled.expansion import expand
from credentials.linked_data.compiled.term_definitions import NotCompiledError

__all__ = ["ContextCompiler", "NotCompiledError", "compact", "expand"]
