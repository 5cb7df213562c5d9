"""What a body serves: accesses as Estonia's Data Tracker 2.1.0; links, holdings, records as ours.

Every call about a person is refused without the portal's token for that very person.
"""

import hmac
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, Unauthorized

from citizen_portal.demo.body import sign_in
from citizen_portal.demo.body.config import Behaviour, BodyConfig, Person, Row, State
from citizen_portal.demo.body.proof import subject_of
from citizen_portal.places import folder

PAGE = 1000
"""Rows given at once; who asks for more gets these."""
RECORDS = 100
"""The same for records."""
INTEGER = re.compile(r"-?\d{1,10}", re.ASCII)
INT32 = range(-(2**31), 2**31)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
NOBODY = "0" * 64

bp = Blueprint("body", __name__)


def create_body(config: BodyConfig) -> Flask:
    app = Flask(
        f"body-{config.audience}",
        static_folder=str(folder("static")) if config.door else None,
        template_folder=str(folder("templates")),
    )
    app.extensions["body"] = config
    app.extensions["state"] = State(dict(config.known), list(config.codes))
    app.register_blueprint(bp)
    if config.door is not None:
        app.register_blueprint(sign_in.bp)
    app.register_error_handler(HTTPException, _refusal)
    return app


@bp.before_request
def refuse_when_down() -> None:
    if _body().behaviour is Behaviour.DOWN:
        abort(503)


@bp.get("/v2/findUsage")
def find_usage() -> ResponseReturnValue:
    subject = _needed(request.args.get("userCode"))
    asker = _needed(request.headers.get("X-Road-UserId"))
    start, end = _moment("periodStart"), _moment("periodEnd")
    offset, limit = _integer("offset", 0), _integer("limit", PAGE)
    _let_in(subject, asker)
    rows = [row for row in _person(subject).usages if _between(row, start, end)]
    rows.sort(key=lambda row: _instant(row["logtime"]), reverse=True)
    first = max(0, offset)
    shown = rows[first : first + max(0, min(limit, PAGE))]
    return _about(subject, {"totalUsages": len(rows), "usages": [dict(row) for row in shown]})


@bp.get("/v2/usagePeriod")
def usage_period() -> ResponseReturnValue:
    start = datetime.now(UTC).replace(microsecond=0) - _body().keeps
    return {"periodStart": start.isoformat().replace("+00:00", "Z")}


@bp.get("/v2/heartbeat")
def heartbeat() -> ResponseReturnValue:
    return {"status": "OK", "message": f"{_body().name} answers"}


@bp.get("/v1/holdings")
def holdings() -> ResponseReturnValue:
    subject = _needed(request.args.get("subject"))
    _let_in(subject)
    said = _said(subject)
    rows = [{"subject": said, **row} for row in _person(subject).holdings]
    return _about(subject, {"subject": said, "holdings": rows})


@bp.get("/v1/records/<dataset>")
def records(dataset: str) -> ResponseReturnValue:
    subject = _needed(request.args.get("subject"))
    begin, limit = _integer("cursor", 0), _integer("limit", RECORDS)
    if begin < 0 or not 0 < limit <= RECORDS:
        raise BadRequest
    _let_in(subject)
    held = _person(subject).records.get(dataset)
    if held is None:
        raise NotFound
    said, end = _said(subject), begin + limit
    rows = [{"subject": said, "values": dict(row)} for row in held.rows[begin:end]]
    return _about(
        subject,
        {
            "subject": said,
            "dataset": dataset,
            "fields": [dict(each) for each in held.fields],
            "rows": rows,
            "next": str(end) if rows and end < len(held.rows) else None,
            "total": len(held.rows),
        },
    )


@bp.post("/v1/links")
def links() -> ResponseReturnValue:
    """Whether a code we sent, a verified claim, or a statement of ours is of exactly one person."""
    subject = _let_in()
    code, statement, claim = _given(request.get_json(silent=True))
    state = cast(State, current_app.extensions["state"])
    with state.lock:
        if statement is not None:
            found = sign_in.stated(state, statement, subject)
        else:
            found = _by_code(state, code) if code is not None else _by_claim(claim)
        if len(found) == 1:
            state.known[subject] = found[0]
            state.codes = [each for each in state.codes if each.value != _tidy(code or "")]
    words = {0: "not_matched", 1: "linked"}
    return _about(subject, {"subject": subject, "state": words.get(len(found), "ambiguous")})


@bp.post("/hooks")
def hooks() -> ResponseReturnValue:
    """Whatever the portal tells us. It is answered once it is on our disk, and worked on later."""
    choices = _body().choices
    if choices is None:
        raise NotFound
    headers = {name.lower(): text for name, text in request.headers}
    return "", choices.receive(headers, request.get_data())


def _given(given: Any) -> tuple[str | None, str | None, Mapping[str, str]]:
    """The code, the statement or the claim of a call; anything else is a bad request."""
    if not isinstance(given, dict) or len(given) != 1:
        raise BadRequest
    code, statement, claim = (given.get(name) for name in ("code", "statement", "claim"))
    if isinstance(code, str) or isinstance(statement, str):
        return code, statement, {}
    if not isinstance(claim, dict) or [type(value) for value in claim.values()] != [str]:
        raise BadRequest
    return None, None, claim


def _by_code(state: State, given: str) -> list[str]:
    """Each code is compared in constant time, so that timing gives none away."""
    now, tidy = datetime.now(UTC), _tidy(given).encode()
    same = [(hmac.compare_digest(each.value.encode(), tidy), each) for each in state.codes]
    return [each.person for equal, each in same if equal and each.expires > now]


def _by_claim(claim: Mapping[str, str]) -> list[str]:
    (name, value), *_ = claim.items()
    given = value.encode()
    return [
        key
        for key, person in _body().people.items()
        if name in person.claims and hmac.compare_digest(person.claims[name].encode(), given)
    ]


def _tidy(code: str) -> str:
    """The code as it is printed, however it was typed: small letters, spaces, no dashes."""
    bare = "".join(each for each in code.upper() if each.isascii() and each.isalnum())
    return "-".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def _let_in(*subjects: str) -> str:
    """The subject of the portal's token, which must be the one that the call speaks of."""
    body = _body()
    header = request.headers.get("Authorization", "")
    subject = subject_of(header, keys=body.keys(), issuer=body.issuer, audience=body.audience)
    if subject is None or any(each != subject for each in subjects):
        raise Unauthorized
    return subject


def _person(subject: str) -> Person:
    """Who is meant; somebody we do not know is somebody on whom we hold nothing."""
    body = _body()
    time.sleep(body.seconds)
    if body.behaviour is Behaviour.EMPTY:
        return Person()
    state = cast(State, current_app.extensions["state"])
    return body.people.get(state.known.get(subject, ""), Person())


def _said(subject: str) -> str:
    """Whom our answer says that it is about."""
    return NOBODY if _body().behaviour is Behaviour.MISTAKEN else subject


def _about(subject: str, document: Mapping[str, Any]) -> Response:
    response = jsonify(document)
    response.headers["Cache-Control"] = "no-store"
    if _body().behaviour is not Behaviour.UNPROVEN:
        response.headers["Portal-Subject"] = _said(subject)
    return response


def _needed(text: str | None) -> str:
    if text is None:
        raise BadRequest
    return text


def _integer(name: str, otherwise: int) -> int:
    text = request.args.get(name)
    if text is None:
        return otherwise
    if not INTEGER.fullmatch(text) or int(text) not in INT32:
        raise BadRequest
    return int(text)


def _moment(name: str) -> datetime | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not MOMENT.fullmatch(text):
        raise BadRequest
    try:
        return _instant(text)
    except ValueError:
        raise BadRequest from None


def _between(row: Row, start: datetime | None, end: datetime | None) -> bool:
    at = _instant(row["logtime"])
    return (start is None or start <= at) and (end is None or at <= end)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.upper())


def _refusal(error: HTTPException) -> ResponseReturnValue:
    """The kind of refusal and nothing of what was sent; with the headers that belong to it."""
    headers = dict(error.get_headers()) | {"Content-Type": "application/json"}
    return {"status": error.code, "message": error.name}, error.code or 500, headers


def _body() -> BodyConfig:
    return cast(BodyConfig, current_app.extensions["body"])
