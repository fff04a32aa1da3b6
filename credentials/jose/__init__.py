"""Credentials secured with JOSE: signed tokens in compact form (RFC 7515)."""
