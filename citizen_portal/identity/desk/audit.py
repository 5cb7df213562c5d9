"""``/desk/audit``: what the officers and systems of one's own body did, and a signed file of it."""

import json
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import format_date, gettext, to_user_timezone

from citizen_portal import audit, clock
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import WrongState
from citizen_portal.identity.desk import asking, wording
from citizen_portal.identity.guards import OfficerHere, current_officer, officers_only
from citizen_portal.identity.models import Role
from citizen_portal.identity.queries.done import (
    Done,
    Kind,
    Place,
    Sheet,
    Wanted,
    done,
    done_before,
    has_read_since,
    officer_names,
)
from citizen_portal.periods import Period, period
from citizen_portal.web import parts
from citizen_portal.web.asked import not_read
from citizen_portal.web.paging import Turn, Way, dated
from citizen_portal.web.transactions import aside, db

bp = Blueprint("desk_audit", __name__, url_prefix="/desk")
bp.before_request(officers_only)
NOTED_EVERY = timedelta(hours=1)
"""An officer who reads on for a while is noted once, or the list would fill with its readers."""
MOST_IN_FILE = 20_000
FILE_TYPE = "citizen-portal-audit+json"
Options = list[tuple[str, str]]


@bp.get("/audit")
def page() -> str:
    who = current_officer()
    if not has_read_since(db(), who.officer_id, clock.now() - NOTED_EVERY):
        _note(who, "audit:read")
    wanted, today = _asked()[1], parts.region().today()
    after = asking.place(request.args.get("after", ""))
    with_holds = who.may(Role.HOLD_APPROVER)
    sheet = done(db(), who.organisation_id, wanted, after=after, with_holds=with_holds)
    names = officer_names(db(), who.organisation_id)
    return render_template(
        "identity/audit.html",
        days=wording.by_day(wording.line(entry, names) for entry in sheet.entries),
        fields=_fields({key.hex: name for key, name in names.items()}, today),
        narrowed=wanted != Wanted(),
        unread=_unread(wanted, after),
        turned=_turn(sheet, wanted, after),
        file=asking.address("/desk/audit.json", request.args),
    )


@bp.get("/audit.json")
def file() -> Response:
    """The list with its filters as a file that anybody can check by the portal's public keys."""
    who = current_officer()
    period, wanted = _asked()
    with_holds = who.may(Role.HOLD_APPROVER)
    sheet = done(db(), who.organisation_id, wanted, most=MOST_IN_FILE, with_holds=with_holds)
    if sheet.after is not None:
        raise WrongState("This list is too long for one file. Choose a shorter period.")
    said = _statement(who, period, wanted, sheet.entries)
    _note(who, "audit:exported")
    signed = parts.signer().sign(json.dumps(said).encode(), typ=FILE_TYPE)
    return Response(
        json.dumps(signed),
        mimetype="application/jose+json",
        headers={"Content-Disposition": f'attachment; filename="{_file_name(said)}"'},
    )


def _unread(wanted: Wanted, after: Place | None) -> list[str]:
    """What the address asks for and could not be read, as it is called on the page."""
    read = {
        "officer": wanted.officer,
        "kind": wanted.kind,
        "when": wanted.since,
        "after": after,
    }
    called = {
        "officer": gettext("Officer"),
        "kind": gettext("Kind"),
        "when": gettext("When"),
        "after": gettext("Place in the list"),
    }
    return [called[name] for name in not_read(request.args, read)]


def _turn(sheet: Sheet, wanted: Wanted, after: Place | None) -> Turn | None:
    """The ways to the pages beside this one."""
    newer = older = None
    if after is not None:
        who = current_officer()
        with_holds = who.may(Role.HOLD_APPROVER)
        place = done_before(db(), who.organisation_id, wanted, after=after, with_holds=with_holds)
        newer = asking.address("/desk/audit", request.args, after=place)
    if sheet.after is not None:
        where = asking.address("/desk/audit", request.args, after=sheet.after)
        older = Way(where, gettext("Older ones"))
    days = [to_user_timezone(entry.at).date() for entry in sheet.entries]
    return dated(min(days, default=None), max(days, default=None), newer=newer, older=older)


def _asked() -> tuple[Period, Wanted]:
    here = parts.region()
    chosen = period(request.args.get("when", ""), today=here.today())
    return chosen, asking.wanted(request.args, chosen, zone=here.zone)


def _note(who: OfficerHere, tag: str) -> None:
    """Kept aside, because to read is a GET; in the list from its next reading on."""
    with aside() as noting:
        audit.record(noting, tag, actor=who.officer_id, for_body=who.organisation_id)


def _statement(
    who: OfficerHere, period: Period, wanted: Wanted, entries: tuple[Done, ...]
) -> dict[str, Any]:
    """What the file says: about whom, over which time, and each thing that was done."""
    body = directory(db()).bodies[who.organisation_id]
    names = officer_names(db(), who.organisation_id)
    return {
        "portal": parts.settings().public_url,
        "organisation": {
            "slug": body.slug,
            "code": {"scheme": body.code_scheme, "value": body.code},
            "official_name": body.official_name,
        },
        "period": {
            "from": period.first.isoformat() if period.first else None,
            "to": period.last.isoformat() if period.last else None,
        },
        "only": {
            "officer": str(wanted.officer) if wanted.officer else None,
            "kind": wanted.kind,
        },
        "made_at": clock.now().isoformat(),
        "entries": [
            {
                "id": str(entry.id),
                "at": entry.at.isoformat(),
                "tag": entry.tag,
                "what": wording.what(entry.tag),
                "who": wording.who(entry, names),
                "officer": str(entry.actor_id) if entry.actor_id else None,
                "about": entry.about,
            }
            for entry in entries
        ],
    }


def _file_name(said: dict[str, Any]) -> str:
    return f"audit-{said['organisation']['slug']}-{said['made_at'][:10]}.json"


def _fields(officers: dict[str, str], today: date) -> list[tuple[str, str, Options, str]]:
    """What the list can be narrowed by: words, name, options, what is chosen."""
    hidden = set() if current_officer().may(Role.HOLD_APPROVER) else {Kind.HOLDS}
    kinds = [(kind.value, str(wording.KINDS[kind]())) for kind in Kind if kind not in hidden]
    fields = [
        (gettext("Officer"), "officer", [("", gettext("Anyone")), *officers.items()]),
        (gettext("Kind"), "kind", [("", gettext("Any kind")), *kinds]),
        (gettext("When"), "when", _periods(today)),
    ]
    return [(words, name, options, request.args.get(name, "")) for words, name, options in fields]


def _periods(today: date) -> Options:
    return [
        ("", gettext("Any time")),
        ("7-days", gettext("Past 7 days")),
        ("30-days", gettext("Past 30 days")),
        ("12-months", gettext("Past 12 months")),
        *((f"{month:%Y-%m}", format_date(month, "MMMM y")) for month in asking.months(today)),
    ]
