"""Search by word, best first: FTS5 on SQLite, ``tsvector`` on PostgreSQL, behind one function.

What a person typed is taken apart into words of letters and digits (``words.py``), each of which
reaches the database quoted and as a parameter: no sign of theirs is a sign of the query language.
A word finds what begins with it, once both are brought to their stem.
"""

import re
from dataclasses import dataclass
from functools import reduce

from sqlalchemy import ColumnElement, Subquery, column, func, literal, literal_column, select, table
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import AgreementText
from citizen_portal.agreements.queries.words import telling, words

MOST_WORDS = 8
LONGEST_WORD = 40
LONGEST_TEXT = 10_000
REFERENCE = re.compile(r"[a-z][a-z0-9]{1,7} ?[0-9]{4,8}")
SQLITE_WEIGHTS = (12.0, 12.0, 4.0, 4.0, 3.0, 3.0, 1.0, 1.0)
"""Of ``models.SEARCHED``, in its order."""
POSTGRESQL_WEIGHTS = "'{0.08, 0.25, 0.35, 1.0}'::float4[]"
"""Of D, C, B and A."""
LENGTH_COUNTS = 1
"""For ``ts_rank``: long texts hold more words by chance."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a text asks for."""

    words: tuple[str, ...]
    references: tuple[str, ...]
    """The references that the whole text may be meant as: "dsa0004" is DSA-0004."""


def sought(text: str) -> Sought:
    given = words(text[:LONGEST_TEXT])
    telling_ones = dict.fromkeys(word[:LONGEST_WORD] for word in telling(given))
    return Sought(tuple(telling_ones)[:MOST_WORDS], _references(" ".join(given)))


def _references(text: str) -> tuple[str, ...]:
    if not REFERENCE.fullmatch(text):
        return ()
    if " " in text:
        return (text.replace(" ", "-").upper(),)
    cuts = (len(text) - digits for digits in range(4, 9))
    splits = (f"{text[:cut]}-{text[cut:]}".upper() for cut in cuts if 2 <= cut <= 8)
    return tuple(one for one in splits if one.partition("-")[2].isdigit())


def matches(session: Session, found: Sought, *, every: bool) -> Subquery:
    """Agreements with each of the words, or with any of them: ``agreement_id`` and ``rank``.

    The lower the rank the better it fits. There must be at least one word.
    """
    if session.get_bind().dialect.name == "postgresql":
        return _in_postgresql(found.words, every=every)
    return _in_sqlite(found.words, every=every)


def _in_sqlite(given: tuple[str, ...], *, every: bool) -> Subquery:
    """https://www.sqlite.org/fts5.html: a quoted string and a star is a word that begins so."""
    index = table("agreement_search", column("rowid"))
    whole = literal_column("agreement_search")
    asked = (" AND " if every else " OR ").join(f'"{word}"*' for word in given)
    fits = whole.bool_op("MATCH")(literal(asked))
    rank = func.bm25(whole, *SQLITE_WEIGHTS)
    return (
        select(AgreementText.agreement_id, rank.label("rank"))
        .select_from(index)
        .join(AgreementText, AgreementText.number == index.c.rowid)
        .where(fits)
        .subquery()
    )


def _in_postgresql(given: tuple[str, ...], *, every: bool) -> Subquery:
    """https://www.postgresql.org/docs/current/textsearch-controls.html, 12.3.2 and 12.3.3."""
    index = literal_column("agreement_text.found")
    asked = reduce(lambda one, more: one.op("&&" if every else "||")(more), map(_either, given))
    rank = -func.ts_rank(literal_column(POSTGRESQL_WEIGHTS), index, asked, LENGTH_COUNTS)
    fits = index.bool_op("@@")(asked)
    return select(AgreementText.agreement_id, rank.label("rank")).where(fits).subquery()


def _either(word: str) -> ColumnElement[str]:
    """The word by its English stem, or as it stands, which is how Welsh is kept."""
    begins = literal(f"'{word}':*")
    stem = func.to_tsquery(literal_column("'english'"), begins)
    return stem.op("||")(func.to_tsquery(literal_column("'simple'"), begins)).self_group()
