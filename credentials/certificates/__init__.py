"""Certificates: a credential as a page to print, with the credential itself attached.

`contents` says what stands on it, in which words; `page` draws it; `attachments` takes the
credential out of a PDF again.
"""
