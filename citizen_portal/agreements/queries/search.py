"""Search by word, best first: FTS5 on SQLite, ``tsvector`` on PostgreSQL, behind one function.

What a person typed is taken apart into words of letters and digits (``words.py``), each of which
reaches the database quoted and as a parameter: no sign of theirs is a sign of the query language.
A word finds what begins with it, once both are brought to their stem.
"""

import re
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Label,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import SEARCHED, AgreementText
from citizen_portal.agreements.queries.mutations import forms
from citizen_portal.words import telling, words

MOST_WORDS = 8
LONGEST_WORD = 40
LONGEST_TEXT = 10_000
REFERENCE = re.compile(r"[a-z][a-z0-9]{1,7} ?[0-9]{4,8}")
WELSH = " ".join(name for name in SEARCHED if name.endswith("_cy"))
SQLITE_WEIGHTS = (12.0, 12.0, 4.0, 4.0, 3.0, 3.0, 1.0, 1.0)
"""Of ``models.SEARCHED``, in its order."""
POSTGRESQL_WEIGHTS = "'{0.08, 0.25, 0.35, 1.0}'::float4[]"
"""Of D, C, B and A."""
LENGTH_COUNTS = 1
"""For ``ts_rank``: long texts hold more words by chance."""
AHEAD = 1000.0
"""What has the words as they were typed comes before what has them mutated."""
INDEX: ColumnElement[str] = literal_column("agreement_search")
RANKED: tuple[Label[Any], Label[Any]] = (
    literal_column("rowid").label("number"),
    func.bm25(INDEX, *SQLITE_WEIGHTS).label("rank"),
)


@dataclass(frozen=True, slots=True)
class Hits:
    """One statement that counts, one for ``number`` in the text index and ``rank``, unsorted.

    The lower the rank the better it fits.
    """

    counted: Select[Any]
    ranked: Select[Any]


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


def hits(session: Session, asked: Sought, *, every: bool) -> Hits:
    """Agreements with each of the words, or with any. There must be at least one word."""
    if session.get_bind().dialect.name == "postgresql":
        return _in_postgresql(asked.words, every=every)
    return _in_sqlite(asked.words, every=every)


def agreements(found: Select[Any]) -> Subquery:
    """Hits with the ``agreement_id`` of each."""
    hit = found.subquery()
    joined = select(AgreementText.agreement_id, hit.c.number, hit.c.rank)
    return joined.join(hit, hit.c.number == AgreementText.number).subquery()


def _in_sqlite(given: tuple[str, ...], *, every: bool) -> Hits:
    """https://www.sqlite.org/fts5.html: a quoted string and a star is a word that begins so."""
    between = " AND " if every else " OR "
    asked = between.join(f'"{word}"*' for word in given)
    wide = between.join(map(_in_any_form, given))
    if asked == wide:
        return Hits(_fts(asked, func.count()), _fts(asked, *RANKED))
    number, rank = RANKED
    ahead = (rank.element - AHEAD).label("rank")
    first, then = _fts(asked, number, ahead), _fts(f"({wide}) NOT ({asked})", number, rank)
    both = first.union_all(then).subquery()
    ranked = select(both.c.number, both.c["rank"])
    return Hits(_fts(wide, func.count()), ranked)


def _fts(asked: str, *columns: ColumnElement[Any]) -> Select[Any]:
    fits = INDEX.bool_op("MATCH")(bindparam(None, asked))
    return select(*columns).select_from(table("agreement_search")).where(fits)


def _in_any_form(word: str) -> str:
    """What begins so in either language; in Welsh also the whole word as it mutates."""
    mutated = " OR ".join(f'{{{WELSH}}} : "{form}"' for form in forms(word))
    return f'("{word}"* OR {mutated})' if mutated else f'"{word}"*'


def _in_postgresql(given: tuple[str, ...], *, every: bool) -> Hits:
    """https://www.postgresql.org/docs/current/textsearch-controls.html, 12.3.2 and 12.3.3."""
    index: ColumnElement[str] = literal_column("agreement_text.found")
    sign = "&&" if every else "||"
    asked, wide = (
        reduce(lambda one, more: one.op(sign)(more), [_tsquery(word, mutated) for word in given])
        for mutated in (False, True)
    )
    typed, any_form = (
        -func.ts_rank(literal_column(POSTGRESQL_WEIGHTS), index, query, LENGTH_COUNTS)
        for query in (asked, wide)
    )
    rank = case((index.bool_op("@@")(asked), typed - AHEAD), else_=any_form)
    fits = index.bool_op("@@")(wide)
    counted = select(func.count()).select_from(AgreementText).where(fits)
    return Hits(counted, select(AgreementText.number, rank.label("rank")).where(fits))


def _tsquery(word: str, mutated: bool) -> ColumnElement[str]:
    """The word by its English stem, or as it stands, which is how Welsh is kept."""
    begins = f"'{word}':*"
    others = [f"'{form}'" for form in forms(word)] if mutated else []
    stem = func.to_tsquery(literal_column("'english'"), begins)
    plain = func.to_tsquery(literal_column("'simple'"), " | ".join([begins, *others]))
    return stem.op("||")(plain).self_group()
