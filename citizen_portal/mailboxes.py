"""E-mail addresses: which are taken, and how one is shown to the person it belongs to.

Only the plain form is taken, which means one mailbox to every mail server: letters before the
``@`` that need no quoting and route nothing, and a name of a host, in ASCII or as it is written
in its own language.
"""

import re
import unicodedata

LONGEST = 254
LOCAL = re.compile(r"[a-z0-9_#$&'*+/=?^`{|}~-]+(\.[a-z0-9_#$&'*+/=?^`{|}~-]+)*", re.I | re.ASCII)
"""Without ``%`` and ``!``, which old servers read as a way to another mailbox."""
LONGEST_LOCAL = 64
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"({LABEL}\.)+(?=[a-z]){LABEL}")


def mailbox(typed: str) -> str | None:
    """The address in ASCII, or nothing when it is not one that is taken."""
    local, at, host = typed.rpartition("@")
    if not at or len(typed) > LONGEST or len(local) > LONGEST_LOCAL or not LOCAL.fullmatch(local):
        return None
    ascii_host = _host(host)
    if ascii_host is None or len(local) + 1 + len(ascii_host) > LONGEST:
        return None
    return f"{local}@{ascii_host}"


def masked(address: str) -> str:
    """As it is shown on a page: "m…@example.org"."""
    local, _, host = address.rpartition("@")
    return f"{local[0] if len(local) > 1 else ''}…@{host}"


def _host(written: str) -> str | None:
    """The host in ASCII. Letters that would silently become others, and so another host, are
    refused: they do not come back as they were."""
    host = written.lower()
    if not written.isascii():
        try:
            ascii_host = host.encode("idna")
            if unicodedata.normalize("NFKC", written) != written:
                return None
            if ascii_host.decode("idna") != host:
                return None
        except UnicodeError:
            return None
        host = ascii_host.decode()
    return host if HOST.fullmatch(host) else None
