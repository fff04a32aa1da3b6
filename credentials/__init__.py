"""The shared core: what a credential is, and how it is read, canonicalized and proven.

Strict JSON, JSON-LD in safe mode, RDFC-1.0, proof suites, the data model, level and credit, and
the error tree.  Nothing here knows a role, a clock, a file or a network.
"""
