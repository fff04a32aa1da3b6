"""Selective disclosure for JSON Web Tokens (RFC 9901), and credentials in that form.

What signs and what verifies a signature comes from outside; everything here is pure.
"""
