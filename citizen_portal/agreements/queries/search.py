"""Search by word, best first: FTS5 on SQLite, ``tsvector`` on PostgreSQL, behind one function.

What a person typed is taken apart into words of letters and digits (``words.py``), each of which
reaches the database quoted and as a parameter: no sign of theirs is a sign of the query language.
A word finds what begins with it, once both are brought to their stem.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    literal_column,
    select,
    table,
    union_all,
)
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import SEARCHED, AgreementText
from citizen_portal.agreements.queries.mutations import forms
from citizen_portal.words import telling, words

MOST_WORDS = 8
LONGEST_WORD = 40
LONGEST_TEXT = 10_000
REFERENCE = re.compile(r"[a-z][a-z0-9]{1,7} ?[0-9]{4,8}")
TITLES = "title title_cy"
WELSH = " ".join(name for name in SEARCHED if name.endswith("_cy"))
SQLITE_WEIGHTS = (12.0, 12.0, 4.0, 4.0, 3.0, 3.0, 1.0, 1.0)
"""Of ``models.SEARCHED``, in its order."""
POSTGRESQL_WEIGHTS = "'{0.08, 0.25, 0.35, 1.0}'::float4[]"
"""Of D, C, B and A."""
LENGTH_COUNTS = 1
"""For ``ts_rank``: long texts hold more words by chance."""
AHEAD = 1000.0
"""How far one tier is before the next: each word in the title; each word anywhere, as it was typed;
each word as it may have mutated."""
INDEX: ColumnElement[str] = literal_column("agreement_search")


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
    typed = between.join(f'"{word}"*' for word in given)
    titled = f"{{{TITLES}}} : ({typed})"
    wide = between.join(map(_in_any_form, given))
    tiers = [f"({wide}) NOT ({typed})"]
    tiers += [f"({typed}) NOT ({titled})", titled] if every else [typed]
    number: ColumnElement[int] = literal_column("rowid")
    rank = func.bm25(INDEX, *SQLITE_WEIGHTS)
    parts = (
        _fts(asked, number.label("number"), (rank - AHEAD * place).label("rank"))
        for place, asked in enumerate(tiers)
    )
    ranked = union_all(*parts).subquery()
    return Hits(_fts(wide, func.count()), select(ranked.c.number, ranked.c.rank))


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

    def all_of(parts: Iterable[ColumnElement[str]]) -> ColumnElement[str]:
        return reduce(lambda one, more: one.op(sign)(more), parts)

    def rank(asked: ColumnElement[str], place: int) -> ColumnElement[Any]:
        weights: ColumnElement[Any] = literal_column(POSTGRESQL_WEIGHTS)
        return -func.ts_rank(weights, index, asked, LENGTH_COUNTS) - AHEAD * place

    typed = all_of(_tsquery(word) for word in given)
    titled = all_of(_tsquery(word, place="A") for word in given)
    wide = all_of(_tsquery(word, *forms(word)) for word in given)
    fits = [index.bool_op("@@")(asked) for asked in (titled, typed, wide)]
    tiers = [(fits[1], rank(typed, 1))]
    if every:
        tiers.insert(0, (fits[0], rank(typed, 2)))
    ranked = case(*tiers, else_=rank(wide, 0)).label("rank")
    counted = select(func.count()).select_from(AgreementText).where(fits[2])
    return Hits(counted, select(AgreementText.number, ranked).where(fits[2]))


def _tsquery(word: str, *others: str, place: str = "") -> ColumnElement[str]:
    """The word by its English stem, or as it stands, which is how Welsh is kept.

    ``place`` is the letter of the weight that it must have there.
    """
    begins = f"'{word}':*{place}"
    stem = func.to_tsquery(literal_column("'english'"), begins)
    whole = (f"'{other}'" for other in others)
    plain = func.to_tsquery(literal_column("'simple'"), " | ".join([begins, *whole]))
    return stem.op("||")(plain).self_group()
