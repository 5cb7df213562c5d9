"""The page of one choice: before it is made, or with the proof of it and the way to change it."""

from typing import Any

from flask import render_template

from citizen_portal.identity import guards
from citizen_portal.preferences import queries
from citizen_portal.preferences.forms.choices import ChoiceForm
from citizen_portal.preferences.models import LONGEST_REASON, Answer, Scope
from citizen_portal.preferences.queries import Made, Stands
from citizen_portal.preferences.views import after, before, narrower, past
from citizen_portal.preferences.views.listed import told
from citizen_portal.preferences.views.reading import Reading, restored
from citizen_portal.preferences.words import choices as words
from citizen_portal.web import parts


def answerable(reading: Reading, scope: Scope) -> list[Answer]:
    """What a form may bring: also what stands already, sent a second time."""
    stands = reading.standing.get(scope.key)
    return [*before.answers(reading, scope), *([stands.answer] if stands else [])]


def page(form: ChoiceForm, reading: Reading, scope: Scope, *, again: str = "") -> str:
    """``again`` is where to sign in again in another tab, where that is to be done first."""
    made = queries.history(reading.session, reading.citizen_id, scope=scope)
    offers = [before.offer(reading, scope, each) for each in before.answers(reading, scope)]
    shared: dict[str, Any] = {
        "form": form,
        "name": reading.names.name(scope),
        "address": reading.address(scope),
        "offers": offers,
        "ends": next((each.ends for each in offers if each.ends), ()),
        "reference": scope.agreement,
        "what": reading.inline(scope),
        "lines": past.lines(made, reading),
        "longest": LONGEST_REASON,
        "again": again,
        "fresh": guards.stepped_up_within(parts.settings().step_up_max_age),
        "restored": restored(reading),
        "region": parts.region(),
    }
    stands = reading.standing.get(scope.key)
    proof = _proof(reading, scope, stands, made) if stands else _taken_back(reading, scope, made)
    now = "" if stands else before.today(reading, scope)
    if proof is None:
        heading = words.asks(offers[0].answer, shared["what"])
        return render_template("preferences/before.html", heading=heading, now=now, **shared)
    return render_template("preferences/after.html", now=now, **shared, **proof)


def _taken_back(reading: Reading, scope: Scope, made: list[Made]) -> dict[str, Any] | None:
    """The proof of what was taken back last, where that had bodies told."""
    if not made or made[0].ended_by is not None:
        return None
    last = made[0]
    taken_back = Stands(scope, last.answer, last.number, last.id, last.made_at)
    proof = _proof(reading, scope, taken_back, made)
    return proof if proof["rows"] else None


def _proof(reading: Reading, scope: Scope, stands: Stands, made: list[Made]) -> dict[str, Any]:
    effects = after.decided(
        queries.effects_of(reading.session, reading.citizen_id), stands, reading
    )
    own = next((each for each in made if each.id == stands.choice_id), None)
    return {
        "heading": words.said(stands.answer, reading.inline(scope)),
        "made_at": stands.made_at,
        "told": told(effects, reading),
        "narrower": narrower.yeses(reading, stands),
        "untold": after.not_told(stands, reading),
        "rows": after.rows(effects, reading),
        "dates": after.dates(effects, reading),
        "several": scope.agreement is None,
        "own_reason": after.own_reason(own.sealed_reason if own else None, stands.choice_id),
        "found_again": bool(own and own.found_again),
    }
