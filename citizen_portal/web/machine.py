"""How machines are heard and answered: JSON bodies, problem documents (RFC 9457), entity tags.

What a route takes and gives is written beside it with ``described``; ``web/openapi.py`` makes the
published description of that.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from typing import Any, Protocol, TypeVar
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from citizen_portal.fetch import Fault, Kind, documents

View = TypeVar("View", bound=Callable[..., object])
Sent = TypeVar("Sent", bound=BaseModel)
PATHS = ("/api/", "/apis/")
"""What addresses that systems call begin with: ours, and those of published interfaces."""
BODY = "body"
"""Names the whole of what was sent, where a fault lies in no one field."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field, in words that repeat nothing of its value."""

    field: str
    reason: str
    row: int | None = None
    """Its number in a batch, from 1; none where what was sent has no rows."""


NUMBER = re.compile(r"[0-9]{1,16}")
MOST_FAULTS = 100
"""So many faults are told at once."""


class Faulty(Exception):
    """What a machine sent cannot be taken; says why, field by field."""

    def __init__(self, faults: Iterable[FieldFault], *, status: int = 422) -> None:
        super().__init__("what was sent has faults")
        self.faults, self.status = tuple(islice(faults, MOST_FAULTS)), status


class Finding(Protocol):
    """What a schema finds wrong with one field."""

    @property
    def field(self) -> str: ...
    @property
    def what(self) -> str: ...


def taken(sent: Sent | Sequence[Finding]) -> Sent:
    """What was sent, where it is no list of its faults; raises ``Faulty``."""
    if isinstance(sent, BaseModel):
        return sent
    raise Faulty(FieldFault(one.field, one.what) for one in sent)


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    class Fault(BaseModel):
        row: int | None = None
        """Its number in a batch, from 1; left out where what was sent has no rows."""
        field: str
        reason: str

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[Fault] | None = None


@dataclass(frozen=True)
class Operation:
    """What one route is for, what it takes and what it answers."""

    summary: str
    gives: Mapping[int, tuple[str, type[BaseModel] | None]]
    """By status: what it means, and the shape of its body."""
    refuses: tuple[int, ...] = ()
    """Statuses that come with a problem document."""
    takes: type[BaseModel] | None = None
    media_type: str = "application/json"
    path: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The schema of each variable part of the address."""
    headers: tuple[str, ...] = ()
    """Headers that the caller may send."""
    query: tuple[str, ...] = ()
    """Ids that may stand in the query."""
    numbers: tuple[str, ...] = ()
    """Whole numbers that may stand in the query."""
    tagged: bool = False
    """Whether good answers carry an ETag."""


def described(operation: Operation) -> Callable[[View], View]:
    """Write beside a route what it takes and gives. A route under /api/ has to."""

    def mark(view: View) -> View:
        view.operation = operation  # type: ignore[attr-defined]
        return view

    return mark


def json_body() -> Any:
    """The JSON document of this request; raises ``Faulty``."""
    if request.mimetype != "application/json":
        raise Faulty([FieldFault("Content-Type", "must be application/json")], status=415)
    if _encoding() != "identity":
        raise Faulty([FieldFault("Content-Encoding", "must be left out")], status=415)
    try:
        return documents.parse(request.get_data(cache=False))
    except documents.Unreadable as error:
        raise Faulty([FieldFault(BODY, str(error))], status=400) from None


def content(*media_types: str, most_bytes: int) -> bytes:
    """What was sent with this request, unpacked where it came in gzip; raises ``Faulty``.

    ``most_bytes`` holds for what travels and for what is unpacked of it.
    """
    if request.mimetype not in media_types:
        said = f"must be {' or '.join(media_types)}"
        raise Faulty([FieldFault("Content-Type", said)], status=415)
    if _encoding() not in {"identity", "gzip"}:
        raise Faulty([FieldFault("Content-Encoding", "must be gzip, or left out")], status=415)
    request.max_content_length = most_bytes
    raw = request.get_data(cache=False)
    if _encoding() == "identity":
        return raw
    try:
        return documents.unpacked(raw, most_bytes)
    except Fault as fault:
        if fault.kind is Kind.TOO_LARGE:
            raise Faulty([FieldFault(BODY, "is too large")], status=413) from None
        raise Faulty([FieldFault(BODY, "is not packed with gzip")], status=400) from None


def _encoding() -> str:
    """How what was sent is packed: a word that means the same in capitals (RFC 9110 §8.4.1)."""
    return (request.content_encoding or "identity").lower()


def asked_id(name: str) -> UUID | None:
    """The id of this name in the query; none where it is not there. Raises ``Faulty``."""
    text = request.args.get(name)
    try:
        return UUID(text) if text is not None else None
    except ValueError:
        raise Faulty([FieldFault(name, "must be an id as you were given it")], status=400) from None


def asked_number(name: str) -> int:
    """The whole number of this name in the query, 0 where it is not there; raises ``Faulty``."""
    text = request.args.get(name, "0")
    if not NUMBER.fullmatch(text):
        raise Faulty([FieldFault(name, "must be a whole number from 0 on")], status=400)
    return int(text)


def preconditions() -> Callable[[str | None], bool]:
    """Whether this request's If-Match and If-None-Match (RFC 9110 §13.1) hold for what stands now.

    What they are judged by is its entity tag, or ``None`` where nothing stands.
    """
    asked = {name for name in ("If-Match", "If-None-Match") if name in request.headers}
    wanted, unwanted = request.if_match, request.if_none_match

    def hold(tag: str | None) -> bool:
        if "If-Match" in asked and (tag is None or not wanted.contains(tag)):
            return False
        return "If-None-Match" not in asked or tag is None or not unwanted.contains_weak(tag)

    return hold


def problem(
    status: int,
    detail: str = "",
    *,
    faults: Iterable[FieldFault] = (),
    headers: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
    }
    if detail:
        said["detail"] = detail
    errors = [_told(fault) for fault in faults]
    if errors:
        said["errors"] = errors
    return said, status, {**(headers or {}), "Content-Type": "application/problem+json"}


def _told(fault: FieldFault) -> dict[str, Any]:
    row = {} if fault.row is None else {"row": fault.row}
    return {**row, "field": fault.field, "reason": fault.reason}
