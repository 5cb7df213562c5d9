"""Tests that cannot be run with citizens on two clusters, each with the reason why."""

COUNTED = "pins how many statements there are: what two clusters have to say is two"

PROCESS = "starts a process of its own, which knows of one cluster"
KILLED = (
    "dies as it commits, between one cluster and the other: two-phase commit is the engine's part"
)
FULL = "fills the disk of the first cluster, where its citizen need not lie"
GONE = "takes a table away, so that nobody can look for what went astray"
RELEASING = "access/test_releasing.py"

APART: dict[str, str] = {
    "access/test_away.py::test_a_disk_that_is_full_is_one_to_wait_for": FULL,
    "access/test_away.py::test_a_statement_that_is_wrong_stays_a_fault_of_ours": GONE,
    "access/test_faults.py": PROCESS,
    "access/test_faults_postgresql.py": PROCESS,
    f"{RELEASING}::test_a_worker_killed_anywhere_loses_and_doubles_nothing[COMMIT]": KILLED,
    "account/test_page.py::test_what_is_held_is_one_query_however_much_it_is": COUNTED,
    "exports/test_killed.py": PROCESS,
    "exports/test_slow_bodies.py::test_other_jobs_are_done_while_a_copy_waits_for_a_body": PROCESS,
    "preferences/test_api.py::test_all_that_a_body_holds_is_noted_by_one_statement": COUNTED,
}
"""By file, by file and name, or with what the test is given."""

HEARD = "notes of each row what became of its message, which lies on the first cluster"
CROSSING: dict[tuple[str, str], str] = {
    ("choice_effect", "delivery"): HEARD,
    ("correction_recipient", "delivery"): HEARD,
}
"""Tables that machine paths ask in one statement: a test that comes to one ends there. What
lies with citizens, and what on the first cluster."""
