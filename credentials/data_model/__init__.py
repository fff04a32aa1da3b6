"""The W3C Verifiable Credentials data model, versions 2.0 and 1.1: the form of a credential.

Every function is total: any JSON in, findings out, never an exception.
"""
