"""Asking bodies whether they know a person, and which data they hold on them. Believing a body
that says, by the citizen's browser, that it knows them."""

from citizen_portal.records.remote.asking import (
    ask_link,
    holdings,
    record_page,
    wait_for_page,
    walk,
)

__all__ = ["ask_link", "holdings", "record_page", "wait_for_page", "walk"]
