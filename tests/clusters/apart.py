"""Tests that cannot be run with citizens on two clusters, each with the reason why."""

COUNTED = "pins how many statements there are: what two clusters have to say is two"

APART: dict[str, str] = {
    "account/test_page.py::test_what_is_held_is_one_query_however_much_it_is": COUNTED,
}
"""By file, or by file and name."""
