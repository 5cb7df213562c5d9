"""What a copy cannot have, whoever is asked: said body by body, so that no silence looks whole."""

from collections.abc import Iterable

from citizen_portal.bodies.models import Protocol
from citizen_portal.bodies.queries import SourceFacts
from citizen_portal.exports.gathering.asking import Answer, Packed
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.notes import Notes
from citizen_portal.exports.models import Part
from citizen_portal.fetch import Fault

ASKED_OF_BODIES = (Part.RECORDS, Part.ACCESSES)


def note(known: Known, notes: Notes) -> None:
    """What is known to be missing before anybody is asked."""
    parts = [part for part in ASKED_OF_BODIES if known.has(part)]
    for body in known.directory.bodies.values():
        if body.kind.is_public and not known.directory.sources_of(body.id):
            notes.lack_each(body.id, parts, "not_connected")
    linked = {link.organisation_id for link in known.chosen}
    for source in known.directory.sources.values():
        if not source.connected:
            notes.lack_each(source.body_id, parts, "not_connected")
        elif source.body_id not in linked:
            could = source.body_id in {each.organisation_id for each in known.links}
            notes.lack_each(source.body_id, parts, "not_asked" if could else "not_linked")
    if Part.ACCESSES in parts:
        notes.lack(None, Part.ACCESSES, "withheld_by_law")


def note_answer(notes: Notes, answer: Answer) -> None:
    """What one source's answer lacks."""
    body_id = answer.asked.source.body_id
    for part, said in ((Part.RECORDS, answer.holdings), (Part.ACCESSES, answer.accesses)):
        if isinstance(said, Fault):
            notes.fault(body_id, part, said)
    if isinstance(answer.accesses, Packed) and answer.accesses.partial:
        if answer.accesses.cut:
            notes.lack(body_id, Part.ACCESSES, "too_many")
        else:
            notes.lack(body_id, Part.ACCESSES, "not_shared", note="left_out")


def note_windows(known: Known, notes: Notes, answers: Iterable[Answer]) -> None:
    """From which day on each source tells of accesses, but for those that did not tell of any."""
    silent = {each.asked.source.id for each in answers if isinstance(each.accesses, Fault)}
    for source in known.sources:
        if source.id not in silent:
            _note_window(known, notes, source)


def _note_window(known: Known, notes: Notes, source: SourceFacts) -> None:
    """Where it is later than was asked for."""
    if not source.connected or source.protocol is Protocol.NONE:
        return
    begins = source.window_from.astimezone(known.zone).date() if source.window_from else None
    first = begins or (source.connected_since if source.sends else None)
    if first is not None and (known.copy.since is None or known.copy.since < first):
        notes.lack(source.body_id, Part.ACCESSES, "outside_window", note="window", day=first)
