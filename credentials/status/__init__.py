"""Status lists: whether a credential was revoked or suspended after it was signed."""
