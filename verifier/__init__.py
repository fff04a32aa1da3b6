"""The role of employers and receiving institutions: bytes in, an explained verdict out.

`Verifier.check` reports on any bytes whatever; `Verifier.verify` returns a `VerifiedCredential`
or raises.  This room holds no private key and makes no connection: keys, contexts, lists and
the time are given to it.
"""
