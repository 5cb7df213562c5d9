"""Which role may touch which rows of what is kept of citizens: the second wall in one table.

Each rule is of one kind of reach and one table: what may be done, and with which rows. Where there
is none, the role has no right on the table at all. A citizen's role may do what it likes with their
own rows; so may the worker's paths with rows of anybody, in the tables that they need.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from citizen_portal.db import Base, owned_by_citizen
from citizen_portal.reach import OF_A_BODY, Kind

HELD = ("hold", "held_event", "hold_decision")
"""What is withheld by law: no role of citizens, and no other of the web, has a right on it."""
READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"
SEE = (READ,)
EDIT = (READ, ADD, CHANGE)
ANY = ("SELECT (id)",)
"""Whether there is a row, and nothing of it."""
WHICH = ("SELECT (source_id, source_ref, state)",)
"""Which events of a body are withheld, so that their hashes stay, and nothing of why or of whom."""
ALL = (READ, ADD, CHANGE, REMOVE)


@dataclass(frozen=True, slots=True)
class Rule:
    kind: Kind
    table: str
    may: tuple[str, ...]
    rows: str
    """A condition in SQL; what is written must meet it too."""


def one_by_one(may: Iterable[str]) -> Iterator[str]:
    """Rights as PostgreSQL keeps them: of some columns, each of its own."""
    for right in may:
        verb, _, columns = right.rstrip(")").partition(" (")
        if columns:
            yield from (f"{verb} ({column})" for column in columns.split(", "))
        else:
            yield verb


def _word(kind: Kind) -> str:
    return f"(SELECT wall.reach('{kind}'))"


def _whose(kind: Kind) -> str:
    return f"(SELECT wall.reach('{kind}')::uuid)"


def _anybody(kind: Kind) -> str:
    return f"(SELECT wall.reach('{kind}') IS NOT NULL)"


def _own(kind: Kind) -> str:
    return f"organisation_id = {_whose(kind)}"


def _of_source(kind: Kind) -> str:
    return f"source_id IN ({_ids('source', kind)})"


def _ids(table: str, kind: Kind) -> str:
    return f"SELECT id FROM {table} WHERE {_own(kind)}"  # noqa: S608 - our own names


def _by(child: str, parent: str, column: str) -> str:
    """Whoever may see a row that another leans on may see that other: by the rule of the first."""
    return (
        f"EXISTS (SELECT FROM {parent} AS p WHERE p.citizen_id = {child}.citizen_id AND p.{column})"
    )


_QUESTION = _by("question_message", "question", "id = question_message.question_id")
_MADE = _by("correction_recipient", "correction", "id = correction_recipient.correction_id")
_RECEIVED = _by("correction", "correction_recipient", "correction_id = correction.id")
_CHOSEN = _by("choice", "choice_effect", "choice_id = choice.id")
_INCIDENT = f"id IN ({_ids('incident', Kind.BODY)})"
_KNOWN = (
    "citizen_id IN (SELECT p.citizen_id FROM pairwise_index AS p"  # noqa: S608 - our own names
    f" WHERE p.{_own(Kind.ASKING)})"
)
OF_BODIES = (
    Rule(Kind.BODY, "question", EDIT, _own(Kind.BODY)),
    Rule(Kind.BODY, "question_message", EDIT, _QUESTION),
    Rule(Kind.BODY, "correction", EDIT, _own(Kind.BODY)),
    Rule(Kind.BODY, "correction_recipient", EDIT, _MADE),
    Rule(Kind.BODY, "choice_effect", EDIT, _own(Kind.BODY)),
    Rule(Kind.BODY, "choice", SEE, _CHOSEN),
    Rule(Kind.BODY, "subject_link", SEE, _own(Kind.BODY)),
    Rule(Kind.BODY, "incident_line", SEE, _INCIDENT),
    Rule(Kind.RECEIVING, "correction_recipient", (READ, CHANGE), _own(Kind.RECEIVING)),
    Rule(Kind.RECEIVING, "correction", SEE, _RECEIVED),
    Rule(Kind.ASKING, "standing_choice", SEE, _KNOWN),
    Rule(Kind.ASKING, "choice", SEE, _KNOWN),
    Rule(Kind.ASKING, "choice_effect", SEE, _own(Kind.ASKING)),
    Rule(Kind.ASKING, "subject_link", SEE, _own(Kind.ASKING)),
    Rule(Kind.INGEST, "pushed_event", EDIT, _of_source(Kind.INGEST)),
    Rule(Kind.INGEST, "hold", (READ, ADD), _own(Kind.INGEST)),
    Rule(Kind.INGEST, "held_event", (ADD,), _anybody(Kind.INGEST)),
    Rule(Kind.APPROVALS, "hold", (READ, CHANGE), _own(Kind.APPROVALS)),
    Rule(Kind.APPROVALS, "hold_decision", EDIT, "hold_id IN (SELECT h.id FROM hold AS h)"),
    Rule(Kind.SECRET, "news_wish", SEE, f"feed_digest = {_word(Kind.SECRET)}"),
    Rule(Kind.SECRET, "safe_channel", SEE, f"stop_digest = {_word(Kind.SECRET)}"),
)
THEIRS = ("audit_entry", "incident", "pairwise_index")
"""What is of a body, and tells of people: a body's role finds rows of its own there, each other
role those that the query names."""
APPENDED = ("audit_entry",)
"""What is read and added to, and stays as it was written: retention alone removes what is old, and
names the closed account where somebody has gone."""
FOUND_BY = "pairwise_index"
"""By what stands there a body finds people, and is let see what is theirs."""
OF_FOUND_BY: Mapping[Kind, tuple[str, ...]] = {
    **dict.fromkeys(OF_A_BODY, SEE),
    Kind.CITIZEN: (READ, ADD, REMOVE),
    Kind.INGEST: (READ, CHANGE),
    Kind.CHECKS: SEE,
    Kind.TELLING: SEE,
    Kind.HELD: (READ, CHANGE),
    Kind.RETENTION: ALL,
}
"""Whom it is about alone adds to it. What comes in holds rows still, and may write none."""
OWNED_FOR_GOOD = ("source", "incident")
"""Rules ask there whose something is: what is once of a body is not made another's."""
LOOKED_AT = (*APPENDED, FOUND_BY, *OWNED_FOR_GOOD)
"""On these no role may have more than ``of_shared`` says."""
OF_WORKER: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.CHECKS: {
        "standing_choice": ALL,
        "choice": SEE,
        "choice_effect": ALL,
        "check_line": EDIT,
        "subject_link": SEE,
    },
    Kind.TELLING: {
        "export": EDIT,
        "incident_line": EDIT,
        "safe_channel": EDIT,
        "told": EDIT,
        "news_wish": EDIT,
        "question": EDIT,
        "question_message": SEE,
        "correction": SEE,
        "correction_recipient": EDIT,
        "subject_link": SEE,
    },
    Kind.STATISTICS: {
        "pushed_event": (READ, CHANGE),
        "access_tally": EDIT,
        "choice_effect": SEE,
        "question": SEE,
        "question_message": SEE,
        "correction": SEE,
        "correction_recipient": SEE,
        "subject_link": SEE,
    },
    Kind.HELD: {"pushed_event": EDIT, "hold": ALL, "held_event": ALL, "hold_decision": ALL},
}
"""What the worker's paths may do with rows of anybody. Retention may do it with each table."""


def _again(sealed: str, *key: str) -> tuple[str, ...]:
    """To seal a column anew: it is read with the key of its row, and it alone is written."""
    return f"{READ} (citizen_id, {', '.join((*key, sealed))})", f"{CHANGE} ({sealed})"


OF_KEYS: Mapping[str, tuple[str, ...]] = {
    "answer": (f"{READ} (sealed)",),
    "sign_in": (f"{READ} (sealed_hint)",),
    "held_event": (f"{READ} (sealed)",),
    "export": (f"{READ} (asked_at, state)",),
    "safe_channel": _again("sealed_address", "id"),
    "choice": _again("sealed_reason", "id"),
    "choice_effect": _again("sealed_reason", "id"),
    "question": _again("sealed_facts", "id"),
    "question_message": _again("sealed", "id", "question_id", "number"),
    "correction": _again("sealed", "id"),
    "correction_recipient": _again("sealed_reason", "id"),
}
"""What renewing keys may do with rows of anybody. It reads no word: it has no right on one."""


def of_shared(table: str, kind: Kind | None) -> tuple[str, ...]:
    """What a role may do with a table that is not of citizens. One that logs in is of no kind."""
    if table == FOUND_BY:
        return OF_FOUND_BY.get(kind, ()) if kind else ()
    if table in OWNED_FOR_GOOD:
        columns = Base.metadata.tables[table].columns.keys()
        changed = ", ".join(column for column in columns if column != "organisation_id")
        return READ, ADD, REMOVE, f"{CHANGE} ({changed})"
    return (READ, ADD) if table in APPENDED and kind is not Kind.RETENTION else ALL


def of_theirs(table: str) -> list[tuple[str, tuple[Kind, ...], str]]:
    """Each policy on a table of bodies: its name, whom it binds, and what it says."""
    found = [(f"wall_{kind}", (kind,), _of_body(table, kind)) for kind in OF_A_BODY]
    if table == FOUND_BY:
        own = f"citizen_id = {_whose(Kind.CITIZEN)}"
        found.append((f"wall_{Kind.CITIZEN}", (Kind.CITIZEN,), f"USING ({own}) WITH CHECK ({own})"))
    bound = {kind for _, kinds, _ in found for kind in kinds}
    others = tuple(kind for kind in Kind if kind not in bound)
    return [*found, ("wall_others", others, "USING (true) WITH CHECK (true)")]


def _of_body(table: str, kind: Kind) -> str:
    """What a body does may be noted for another, so lines can be added by anybody."""
    written = {"audit_entry": "true", FOUND_BY: "false"}.get(table, _own(kind))
    return f"USING ({_own(kind)}) WITH CHECK ({written})"


def rules() -> list[Rule]:
    """Each rule there is."""
    own = [table.name for table in owned_by_citizen()]
    found = [
        Rule(Kind.CITIZEN, table, ALL, f"citizen_id = {_whose(Kind.CITIZEN)}") for table in own
    ]
    found += OF_BODIES
    found += [
        Rule(Kind.NOTICE, table, ANY, _anybody(Kind.NOTICE))
        for table in ("safe_channel", "news_wish", "told")
    ]
    for kind, tables in OF_WORKER.items():
        found += [Rule(kind, table, may, _anybody(kind)) for table, may in tables.items()]
    found += [Rule(Kind.KEYS, table, may, _anybody(Kind.KEYS)) for table, may in OF_KEYS.items()]
    found += [Rule(Kind.RETENTION, table, ALL, _anybody(Kind.RETENTION)) for table in own]
    found.append(Rule(Kind.RETENTION, "hold", WHICH, _anybody(Kind.RETENTION)))
    return found
