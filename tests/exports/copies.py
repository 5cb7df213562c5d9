"""Copies for tests: of invented bodies and a person who is nobody."""

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc.jwk import KeySet, OKPKey

from citizen_portal.exports import package
from citizen_portal.exports.package import (
    Asked,
    Column,
    Contents,
    Document,
    Missing,
    Summary,
    Table,
)
from citizen_portal.signing import Signer

MADE_AT = datetime(2026, 11, 17, 14, 15, 20, tzinfo=UTC)
LOOKS = (
    Column("id", "string", "Number", required=True),
    Column("occurred", "datetime", "When", "When it happened", required=True),
    Column("held_by", "string", "Who held it"),
    Column("action", "string", "What was done", iri="https://w3id.org/dpv#hasProcessing"),
    Column("outcome", "string", "How it ended", categories=("given", "refused")),
    Column("emergency", "boolean", "Emergency"),
    Column("shown_from", "date", "Shown from"),
    Column("times", "integer", "How often"),
    Column("share", "number", "Share"),
)
HOSTILE = (
    "=1+1",
    "x;=1+1",
    "x\t=1+1",
    ";\t",
    "'=1",
    "",
    "'",
    "#no comment",
    "</script><script>alert(1)</script>",
    "line\u2028end\u2029\x85",
    'quote " and, comma; \\ back',
    "one\ntwo\r\nthree\rfour",
    "＝wide",
    " \t@lead",
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }} %s %(x)s",
    "null",
    "-5",
    "N/A",
    "ŵ ŷ 👨‍👩‍👧 \U0001f3f4",
    "\x01\x1f\x7f\ufeff\ufffe",
)


def signer() -> Signer:
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, auto_kid=True)
    return Signer(KeySet([key]))


def look(number: int, **given: Any) -> tuple[Any, ...]:
    usual = {
        "id": f"{number:032x}",
        "occurred": MADE_AT - timedelta(minutes=7 * number),
        "held_by": "Agency of invented people",
        "action": HOSTILE[number % len(HOSTILE)],
        "outcome": "given" if number % 3 else "refused",
        "emergency": number % 50 == 0,
        "shown_from": date(2026, 1, 1) if number % 2 else None,
        "times": number,
        "share": number / 8 if number % 5 else None,
    }
    return tuple((usual | given).values())


def table(rows: Iterable[tuple[Any, ...]], name: str = "looks", **given: Any) -> Table:
    usual: dict[str, Any] = {
        "title": "Who looked",
        "description": "One row for each look.",
        "columns": LOOKS,
        "key": ("id",),
        "source": "Agency of invented people",
    }
    return Table(name=name, rows=rows, **(usual | given))


def contents(*tables: Table, **given: Any) -> Contents:
    usual: dict[str, Any] = {
        "id": UUID(int=7),
        "made_at": MADE_AT,
        "issuer": "http://127.0.0.1:8000",
        "language": "en",
        "asked": Asked(("Who looked",), ("Agency of invented people",), date(2026, 1, 1)),
        "documents": [
            Document(
                "agreements/DSA-0001-1.json",
                "DSA-0001, version 1",
                "application/json",
                b'{"reference": "DSA-0001"}',
            )
        ],
        "missing": [Missing("Council <of> nowhere", "looks", "did_not_answer", "5 tries.")],
    }
    return Contents(tables=tables, **(usual | given))


def small(count: int = 120) -> Contents:
    return contents(table([look(n) for n in range(count)]))


def written(what: Contents, by: Signer) -> tuple[bytes, Summary]:
    out = io.BytesIO()
    summary = package.write(out, what, signer=by, beat=lambda _: None)
    return out.getvalue(), summary
