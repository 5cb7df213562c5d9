"""Each migration keeps what stands in the database, forward and back, whatever it is."""

from collections.abc import Iterator

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from citizen_portal import schema
from citizen_portal.db import Sessions
from citizen_portal.places import folder
from tests.databases import Databases, opened
from tests.thorough import times
from tests.upgrading.filled import Standing, differing, fill, gone, standing

AGAIN = {"0003": ({"agreement.search_text"}, "made of the published document, both ways")}
"""What a migration takes out on its way up, and makes anew on its way down."""
LOST = {
    "0002": (
        "agreement.emergency agreement.identifiability agreement.published_on agreement.review"
        " agreement.withdrawn_on agreement_facet agreement_version.changed"
        " agreement_version.published_by_id audit_entry.organisation_id client confirmation draft"
        " draft_change draft_move draft_party officer officer_sign_in used_assertion",
        "there was no desk, and no system of a body",
    ),
    "0003": ("agreement_text", "the index of words is made anew of the documents"),
    "0004": (
        "access_refusal access_tally digest digest_part held_event hold hold_decision"
        " organisation.withholds pushed_event received source.retention",
        "no access was pushed",
    ),
    "0005": ("code_asked safe_channel told", "nobody was mailed"),
    "0006": ("delivery webhook", "no body was told"),
    "0007": ("source_day source_health source_sample", "how sources answer was not kept"),
    "0009": ("export", "there were no copies"),
    "0010": ("organisation.sign_in_url", "no body signed people in itself"),
    "0011": ("citizen.closed_as closed_account visit", "accounts were not closed"),
    "0012": (
        "choice choice_effect preference_feed standing_choice",
        "nothing was chosen; bodies keep what they were told",
    ),
    "0013": ("choice.keeps preference_followed", "choices were not found again"),
    "0014": ("check_line preference_check", "no body asked before it used data"),
    "0016": ("preference_feed.unproved", "each body was believed to have followed"),
    "0017": ("organisation.answers_in question question_feed question_message", "no questions"),
    "0018": ("correction correction_feed correction_recipient", "corrections did not spread"),
    "0019": (
        "news_followed news_wish safe_channel.mails safe_channel.stop_digest told.kind told.rhythm",
        "there was one kind of news, in one rhythm",
    ),
    "0020": ("activity_total", "bodies gave no totals"),
    "0021": ("incident incident_batch incident_line", "no incidents were reported"),
    "0022": ("view_round view_vote", "nobody was asked for views"),
    "0023": ("answer_count", "counted anew of the questions"),
    "0024": ("limit_count", "counts of minutes and hours"),
}
"""What only a newer schema has a place for: a way back loses it, and a way forward does not
bring it back. Nothing else may go."""
Stood = dict[str, Standing]


def revisions() -> list[str]:
    found = ScriptDirectory(str(folder("migrations"))).walk_revisions()
    return [script.revision for script in reversed(list(found))]


@pytest.fixture
def sessions(databases: Databases) -> Iterator[Sessions]:
    with opened(databases, empty=True) as sessions:
        yield sessions


@pytest.mark.both
def test_each_revision_keeps_what_stands_forward_and_back(sessions: Sessions) -> None:
    """From the one before the newest three on, in a usual run."""
    engine, every = sessions.engine, revisions()
    first = len(every) - times(4, len(every))
    schema.upgrade(engine, every[first])
    for at in range(first, len(every)):
        stood = _filled(engine, seed=at)
        if at + 1 < len(every):
            _forward_and_back(engine, stood, every[at], every[at + 1])
        if at > first:
            _back_and_forward(engine, _standing(engine), every[at], every[at - 1])
        schema.upgrade(engine, "+1" if at + 1 < len(every) else every[at])
    print(f"{len(every) - first} revisions, {sum(len(one.rows) for one in stood.values())} rows")


def _forward_and_back(engine: Engine, stood: Stood, revision: str, newer: str) -> None:
    again, _ = AGAIN.get(newer, (set(), ""))
    schema.upgrade(engine, newer)
    forward = _standing(engine)
    assert differing(stood, forward) == set(), newer
    assert gone(stood, forward) == again, newer
    schema.downgrade(engine, revision)
    back = _standing(engine)
    assert gone(stood, back) == gone(back, stood) == set(), newer
    assert differing(stood, back) == {name.partition(".")[0] for name in again}, newer
    assert differing(forward, back) == set(), newer


def _back_and_forward(engine: Engine, stood: Stood, revision: str, older: str) -> None:
    lost, _ = LOST.get(revision, ("", ""))
    schema.downgrade(engine, older)
    back = _standing(engine)
    assert differing(stood, back) == set(), revision
    assert gone(stood, back) == set(lost.split()), revision
    schema.upgrade(engine, revision)
    assert gone(stood, _standing(engine)) == set(), revision
    assert differing(back, _standing(engine)) == set(), revision


def _filled(engine: Engine, seed: int) -> Stood:
    with engine.begin() as connection:
        fill(connection, seed)
    stood = _standing(engine)
    assert all(len(table.rows) >= 2 for table in stood.values())
    return stood


def _standing(engine: Engine) -> Stood:
    """Read by a new connection: sqlite3 keeps what it knew of columns with a statement."""
    engine.dispose()
    with engine.connect() as connection:
        return standing(connection)
