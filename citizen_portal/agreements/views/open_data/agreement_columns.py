"""The columns of the table of agreements: every field of a document that fits in a cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from citizen_portal.agreements.queries.published import Published
from citizen_portal.web import cells
from citizen_portal.web.columns import (
    Column,
    Take,
    flat,
    listed,
    text,
    words,
)

PARTIES = {"discloser": "disclosers", "recipient": "recipients", "processor": "processors"}
"""The role of a party, and the list of a document that holds those who have it."""


@dataclass(frozen=True, slots=True)
class Row:
    """An agreement with what its document only points to."""

    of: Published
    names: Mapping[str, str]
    """Official names in English, by slug."""
    site: str

    @property
    def document(self) -> dict[str, Any]:
        return self.of.document

    def name(self, party: Mapping[str, str]) -> str:
        slug = party.get("organisation", "")
        return self.names.get(slug, slug) if slug else party["name"]


def _of_document(columns: Iterable[Column]) -> tuple[Column, ...]:
    def inside(take: Take) -> Take:
        return lambda row: take(row.document)

    return tuple(Column(c.name, inside(c.take), c.about, c.kind, c.needed) for c in columns)


def _parties(name: str) -> Take:
    return lambda row: cells.joined(row.name(party) for party in row.document.get(name, ()))


def _list(name: str, about: str) -> Column:
    return Column(name, listed(name), f"{about}; several are joined by semicolons")


def _day(path: str, about: str) -> Column:
    return text(path, about, kind="date")


WHO = (
    Column(
        "disclosers",
        _parties("disclosers"),
        "Official names of those who give the data; several are joined by semicolons",
    ),
    Column(
        "recipients",
        _parties("recipients"),
        "Official names of those who get it; several are joined by semicolons",
    ),
    Column(
        "processors",
        _parties("processors"),
        "Names of those who work on it for them; several are joined by semicolons",
    ),
)
FIRST = (
    Column(
        "reference", lambda row: row.of.reference, "The agreement's reference: the key", needed=True
    ),
    Column("version", lambda row: row.of.number, "Number of the version", "integer"),
    Column(
        "page",
        lambda row: f"{row.site}/register/{row.of.reference}",
        "Its page on the register",
    ),
)
SAID = flat(
    (
        Column("kind", lambda said: said.get("kind", "sharing"), "sharing or own_use"),
        words("title", "What it gives people", needed=True),
        text("stage", "exploration, service_delivery or not_stated", needed=True),
        words("what", "Who gives what to whom", needed=True),
        words("purpose", "Why", needed=True),
        text("purpose_iri", "The purpose in the Data Privacy Vocabulary"),
        _list("powers", "Legal powers, by their slug in powers.csv"),
        _list("powers_as_published", "Legal powers as another register names them"),
        text("lawful_basis", "Ground in UK GDPR Article 6"),
        text("article_9", "Condition in UK GDPR Article 9"),
        Column(
            "research",
            lambda said: said.get("research", False),
            "Whether it is for research or statistics",
            "boolean",
        ),
        _list("controllers_as_published", "Bodies named by a register that tells no roles"),
        words("subjects", "Whose data"),
        _list("categories", "Kinds of data, as local names of DPV-PD"),
        words("disclosed", "Which data", needed=True),
        words("method", "How the data goes over"),
        words("access_type", "What the receiver can do"),
        text("frequency", "one_off, on_request, subscription or bulk"),
        text("retention", "How long the receiver keeps it, as an ISO 8601 duration"),
        _day("starts", "First day"),
        _day("ends", "Last day"),
        _day("review", "Day of the next review"),
        _list("areas", "Where it holds"),
        text("contact", "Who answers questions about it"),
        text("identifiability", "identifiable, pseudonymised, aggregated or anonymous"),
        text("confidentiality", "What sets the duty of confidence aside"),
        text("confidentiality_reference", "Reference of the approval"),
        text("opt_out.applies", "Whether a national opt-out applies"),
        words("opt_out.reason", "Why the opt-out applies or not"),
        text("choice", "none, objection, opt_out, consent or not_stated", needed=True),
        words("choice_reason", "Why there is none, or what happens"),
        text("exemption", "Rule of law that takes the right to object away"),
        words("harm_of_not_sharing", "What happens to people without it"),
        words("benefits", "Expected good in words"),
        text("dpia", "Assessment of the risks to people"),
        text("atrs", "Record of the algorithm"),
        words("emergency.reasons", "Why there was no time for the usual way"),
        _day("emergency.review_due", "Day by which it will be looked back at"),
        _day("emergency.reviewed.on", "Day on which it was looked back at"),
        words("emergency.reviewed.text", "What the look back found"),
        text("emergency.reviewed.evidence", "What proves it"),
        _day("withdrawn.on", "Last day, when the parties took it back"),
        words("withdrawn.reason", "Why they took it back"),
        words("notes", "Anything else that people should read"),
        _day("published", "Day on which the parties published it"),
        text("source", "Where the entry was taken from, and its licence"),
    )
)
AGREEMENT = (*FIRST, *_of_document(SAID), *WHO)
