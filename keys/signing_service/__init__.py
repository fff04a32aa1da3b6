"""A key in a process of its own: what is asked of it, what it signs, and what it writes down.

Everything here is about bytes; the sockets are `service.unix_sockets`, and the composition root
joins the two.  `guarding` is the part that holds keys, `remote` the part that asks it.
"""
