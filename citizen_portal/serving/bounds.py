"""How much one request may bring, and how slow its caller may be.

``deploy/nginx.conf`` holds the public to the same; a test compares them.
"""

LINE = 8190
"""Bytes of a request's first line: method, address, version. More: 414."""
FIELDS = 64
"""Headers of a request. More: 431."""
FIELD = 8190
"""Bytes of one header. More: 431."""
BODY = 8_000_000
"""Bytes of a body: as many as the largest thing that any address takes. More: 413."""

SECONDS = 10.0
"""How long a caller may keep us waiting, for a request as for taking an answer …"""
RATE = 4_000
"""… and bytes for which they get a second more: slower than this, and they are cut off."""
LINGER = 2.0
"""Seconds in which the last of an answer is taken before its connection is closed."""

CALLERS = 500
"""Connections that one worker holds at the same time; others wait to be let in."""
KEPT = 5
"""Seconds for which a connection is kept for the caller's next request."""
IN_MEMORY = 256_000
"""Bytes of a body that are kept in memory until the app takes them. More lie in a nameless file."""
