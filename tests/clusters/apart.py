"""Tests that cannot be run with citizens on two clusters, each with the reason why."""

COUNTED = "pins how many statements there are: what two clusters have to say is two"

APART: dict[str, str] = {
    "account/test_page.py::test_what_is_held_is_one_query_however_much_it_is": COUNTED,
    "preferences/test_api.py::test_all_that_a_body_holds_is_noted_by_one_statement": COUNTED,
}
"""By file, or by file and name."""

JOINED = "joins the directory of a body's ids with rows of citizens, which lie elsewhere"
HEARD = "notes of each choice what became of its message, which lies on the first cluster"
CROSSING: dict[tuple[str, str], str] = {
    ("choice_effect", "pairwise_index"): JOINED,
    ("choice_effect", "delivery"): HEARD,
    ("standing_choice", "pairwise_index"): JOINED,
}
"""Tables that machine paths ask in one statement: a test that comes to one ends there. What
lies with citizens, and what on the first cluster."""
