"""Asking bodies for a citizen: outside requests, so that no page waits longer than it wants to
(``Asker``); and for records, which are kept nowhere, while the page waits (``Reader``)."""

from citizen_portal.dashboard.remote.asker import Asker
from citizen_portal.dashboard.remote.reader import Busy, Reader

__all__ = ["Asker", "Busy", "Reader"]
