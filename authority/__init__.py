"""The role of a framework's authority: what it has listed, for anybody to read and to cite.

A register is published as the signed edition that programs verify, and as pages for people, made of
the same rows.
"""
