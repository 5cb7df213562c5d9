"""What happens in the world: each citizen does, and is told, one thing of each kind, marked."""

import re
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from citizen_portal import region
from citizen_portal.access.models import Hold, PushedEvent
from citizen_portal.agreements.models import Draft
from citizen_portal.exports import actions as exports
from citizen_portal.exports.models import Export, Part
from citizen_portal.identity.models import Citizen, Role
from citizen_portal.incidents.models import IncidentLine
from citizen_portal.news.models import SafeChannel
from citizen_portal.opinions import actions as opinions
from citizen_portal.opinions.models import Round, View
from citizen_portal.preferences.models import Choice
from citizen_portal.preferences.queries import ChoiceNames
from citizen_portal.questions.actions import answering, asking
from citizen_portal.questions.actions.answering import Speaker
from citizen_portal.questions.models import About, Kind, Outcome, Question
from citizen_portal.questions.models.corrections import Correction, Recipient
from citizen_portal.questions.schemas.facts import Facts
from tests.agreements.files import agreement
from tests.incidents.reporting import incident
from tests.isolation.people import IDS, Someone, look
from tests.isolation.world import World, ids
from tests.news.conftest import FEED, Mailbox
from tests.preferences.town import TODAY, about

UK = region.load("uk")
DRAFT_PAGES = ("", "/history", "/preview", "/review", "/title", "/parties/disclosers", "/take-up")
LISTS = (
    "/desk",
    "/desk/agreements",
    "/desk/audit",
    "/desk/audit.json",
    "/desk/checks",
    "/desk/corrections",
    "/desk/holds",
    "/desk/incidents",
    "/desk/objections",
    "/desk/questions",
    "/desk/views",
    "/api/v1/access-events/refusals",
)
STOP = re.compile(r"/news/stop/(\w+)")


def fill(world: World) -> None:
    """Everything that the portal keeps of anybody is there of both."""
    round_id = world.town.ask()
    world.mirrored = world.officer("clinic", *Role)
    approvers = [str(world.officer("clinic", Role.HOLD_APPROVER).id) for _ in range(2)]
    for someone in world.people:
        _mailbox(world, someone)
    for someone in world.people:
        _looks(world, someone, approvers)
        _choice(world, someone)
        _opinion(world, someone, round_id)
        _incident(world, someone)
        _question(world, someone)
        _corrections(world, someone)
    _checks(world)
    _inside(world, round_id)
    world.work()
    for someone in world.people:
        _answers_to_choices(world, someone)
        _copies(world, someone)
        _pages(world, someone)
        _name(world, someone)
    world.work()


def _mailbox(world: World, someone: Someone) -> None:
    box = Mailbox(world.app, world.mail, someone.browser, _citizen(someone.id))
    box.confirmed(someone.address)
    made = someone.browser.post(FEED, follow_redirects=True)
    token = re.search(r"/news/([0-9a-f]{64})\.atom", made.text)
    assert token is not None
    someone.meet("feed", token[1])


def _citizen(citizen_id: UUID) -> Citizen:
    found = Citizen()
    found.id = citizen_id
    return found


def _looks(world: World, someone: Someone, approvers: Iterable[str]) -> None:
    canary, subject = someone.canary, someone.known["clinic"]
    withheld = {
        "basis": "crime-and-tax",
        "protects": "inquiry",
        "until": (TODAY + timedelta(days=40)).isoformat(),
        "approvers": list(approvers),
    }
    rows = [
        look(canary, subject, "r1"),
        look(canary, subject, "r2", receiver_code="COUNCIL", agreement="DSA-0001"),
        look(canary, subject, "held", withheld=withheld),
    ]
    path = "/api/v1/access-events"
    said = world.call("clinic", "POST", path, {"events": rows})
    assert said["accepted"] == len(rows), said


def _choice(world: World, someone: Someone) -> None:
    names = ChoiceNames(world.app.extensions["index"], someone.id)
    for reference, form in (
        ("DSA-0001", {"answer": "no", "reason": f"Because {someone.canary}"}),
        ("DSA-0003", {"answer": "yes"}),
    ):
        path = f"/my/choices/{names.name(about(reference))}"
        assert someone.browser.post(path, data=form).status_code == 303, path
        someone.meet("choice", path.rpartition("/")[2])


def _opinion(world: World, someone: Someone, round_id: UUID) -> None:
    blinded = opinions.blind(world.app.extensions["index"], someone.id, round_id)
    with world.app.extensions["sessions"].writing() as session:
        found = session.get_one(Round, round_id)
        seal = world.app.extensions["sealer"].seal
        why = f"I think {someone.canary}"
        opinions.say(session, found, blinded, View.NOT_SURE, why, today=UK.today(), seal=seal)


def _incident(world: World, someone: Someone) -> None:
    words = {"en": f"Lost {someone.canary}"}
    said = incident(
        f"INC-{someone.canary}",
        **dict.fromkeys(("what", "likely", "done", "advice", "contact"), words),
        subjects=[someone.known["clinic"]],
    )
    world.call("clinic", "POST", "/api/v1/incidents", said)
    world.work()
    someone.meet("incident", *(each.hex for each in ids(world, IncidentLine, someone.id)))


def _corrections(world: World, someone: Someone) -> None:
    canary, path = someone.canary, "/api/v1/corrections"
    usual = {
        "subject": someone.known["clinic"],
        "source": "clinic-main",
        "dataset": f"set-{canary.lower()}",
        "categories": ["Name"],
        "fields": [f"Field {canary}"],
        "on": TODAY.isoformat(),
        "question": ids(world, Question, someone.id, "reference")[0],
    }
    for matter, more in (("corrected", {}), ("not_corrected", {"reason": f"Since {canary}"})):
        said = usual | more | {"reference": f"{matter}-{canary}", "matter": matter}
        world.call("clinic", "POST", path, said)
    world.town.work("questions.send_corrections")
    told = ids(world, Recipient, someone.id)
    with world.app.extensions["sessions"].reading() as session:
        rows = [session.get_one(Recipient, (someone.id, each)) for each in told]
        mine = next(each for each in rows if each.organisation_id == world.town.bodies["council"])
    said = {"state": "not_applied", "reason": f"Not as {canary}"}
    world.call("council", "POST", f"{path}/{mine.id.hex}/acknowledgement", said)
    someone.meet("correction", *(each.hex for each in ids(world, Correction, someone.id)))
    someone.meet("recipient", *(each.hex for each in told))
    someone.meet("recipient", *(str(each) for each in told))


def _question(world: World, someone: Someone) -> None:
    """One that was answered, one that is open."""
    canary, seal = someone.canary, world.app.extensions["sealer"].seal
    facts = Facts({"en": f"A look {canary}"}, (("action", f"Looked {canary}"),))
    for place, answered in enumerate((True, False)):
        said = asking.Asking(
            token=f"form-{canary}-{place}",
            kind=Kind.WHY,
            about=About.EVENT,
            organisation_id=world.town.bodies["clinic"],
            subject=someone.known["clinic"],
            agreement="DSA-0001",
            blind=f"{canary}-{place}",
            facts=facts.written(),
            words=f"Why {canary}?",
        )
        with world.app.extensions["sessions"].writing() as session:
            asked = asking.ask(session, someone.id, said, region=UK, seal=seal)
            someone.meet("question", asked.id.hex, str(asked.id))
            someone.secrets.add(asked.reference)
        if answered:
            by = world.officer("clinic", Role.CASE_WORKER).id
            with world.app.extensions["sessions"].writing() as session:
                words, speaker = f"Since {canary}.", Speaker(world.town.bodies["clinic"], by)
                outcome = Outcome.NOT_JUSTIFIED
                answering.answer(session, speaker, asked.id, outcome, words, seal=seal)


def _checks(world: World) -> None:
    """A body asks whether it may use the data of both."""
    known = [someone.known["university"] for someone in world.people]
    said = {"agreement": "DSA-0002", "ids": known}
    world.call("university", "POST", "/api/v1/preference-checks", said)
    world.town.work("preferences.note_checks")


def _inside(world: World, round_id: UUID) -> None:
    """What the clinic has for itself: a draft, a hold, rows that were refused."""
    path, title = "/api/v1/agreements/DSA-0100", {"en": f"Title {world.inside}"}
    drafted = agreement("DSA-0100", title=title, disclosers=[{"organisation": "clinic"}])
    drafted |= {"recipients": [{"organisation": "council"}]}
    world.call("clinic", "PUT", path, drafted)
    rows = [{}, look(world.one.canary, world.one.known["clinic"], "r3")]
    refused = world.call("clinic", "POST", "/api/v1/access-events", {"events": rows})
    with world.app.extensions["sessions"].reading() as session:
        draft = session.scalars(select(Draft).where(Draft.reference == "DSA-0100")).one().id
        holds = session.scalars(select(Hold.id)).all()
    world.inner |= {world.inside, str(draft), draft.hex, refused["batch"], *map(str, holds)}
    world.inner_paths += [
        path,
        "/desk/agreements/DSA-0100",
        f"/desk/views/{round_id}",
        f"/desk/views/{round_id}/close",
        f"/desk/views/{round_id}/reply",
        *(f"/desk/drafts/{draft}{more}" for more in DRAFT_PAGES),
        *(f"/desk/holds/{hold}{more}" for hold in holds for more in ("", "/agree", "/drop")),
        *LISTS,
    ]


def _answers_to_choices(world: World, someone: Someone) -> None:
    """The clinic turns the objection down."""
    said = {"state": "refused", "reason": f"We must, {someone.canary}"}
    for effect in world.town.effects(someone.id):
        someone.meet("effect", str(effect.id), effect.id.hex)
        if effect.objection and effect.organisation_id == world.town.bodies["clinic"]:
            path = f"/api/v1/preference-changes/{effect.id.hex}/acknowledgement"
            world.call("clinic", "POST", path, said)
    someone.meet("receipt", *(each.hex for each in ids(world, Choice, someone.id)))


def _copies(world: World, someone: Someone) -> None:
    wish = exports.Wish(list(Part), list(world.town.bodies.values()), None, "en")
    with world.app.extensions["sessions"].writing() as session:
        export = exports.ask(session, someone.id, wish, hold=timedelta(0))
    world.work()
    someone.meet("copy", export.hex)
    page = someone.browser.get(f"/my/copies/{export.hex}")
    assert "Your copy is ready" in page.text, page.text


def _pages(world: World, someone: Someone) -> None:
    """Walk through one's own pages until the marked texts are there; note what they name."""
    assert someone.canary in someone.browser.get("/my").text
    looks = re.findall(r"/my/access/([0-9a-f]{32,64})", someone.browser.get("/my/access").text)
    someone.meet("look", *looks)
    for name in re.findall(r"/my/records/([0-9a-f]{64})", someone.browser.get("/my/records").text):
        text = someone.browser.get(f"/my/records/{name}").text
        assert f"Value 19 {someone.canary}" in text
        someone.meet("record", name)
        someone.meet("place", *re.findall(r"(?:at|field)=([\w-]{40,})", text))
    someone.secrets |= set(IDS.findall(" ".join(someone.met)))


def _name(world: World, someone: Someone) -> None:
    """Ids of what no address names."""
    for model in (PushedEvent, Export, SafeChannel):
        found = ids(world, model, someone.id)
        someone.secrets |= {text for each in found for text in (each.hex, str(each))}
    someone.secrets |= set(ids(world, Export, someone.id, "stored_as"))
    links = {
        name
        for mail in world.mail.mails
        if mail.to == [someone.address]
        for name in STOP.findall(mail.raw.decode())
    }
    if links:
        someone.meet("stop", *links)
