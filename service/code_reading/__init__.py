"""Codes in pictures (QR), read in a process of its own with little time, memory and no network.

Decoders of pictures are large programs in C and C++, and pictures come from anybody: what goes
wrong in one ends its process, and nothing else.
"""

from service.code_reading.reading import CodesNotReadError, is_picture, read_codes

__all__ = ["CodesNotReadError", "is_picture", "read_codes"]
