"""A label for each part of an agreement: for lists of what changed, for comparing, for drafting."""

from flask_babel import gettext

from citizen_portal.agreements import queries
from citizen_portal.web.pages import plain


def field(name: str) -> str:
    """Of a member of ``schemas.AgreementDocument``, or of ``trust.<question>``."""
    if name.startswith("trust."):
        return _question(name.removeprefix("trust."))
    return (_said() | _data() | _law() | _around())[name]


def _question(question_id: str) -> str:
    """The question as a citizen would ask it; one that is asked no more, by its id."""
    questions = (question for theme in queries.themes() for question in theme.questions)
    words = next((plain(one.plain) for one in questions if one.id == question_id), question_id)
    return str(gettext("Trust question: %(question)s", question=words))


def _said() -> dict[str, str]:
    return {
        "reference": gettext("Reference"),
        "kind": gettext("Sharing, or use inside one body"),
        "title": gettext("Title"),
        "stage": gettext("Stage"),
        "what": gettext("What, in one sentence"),
        "purpose": gettext("Why"),
        "purpose_iri": gettext("Purpose"),
        "research": gettext("Research or statistics"),
        "harm_of_not_sharing": gettext("If it were not shared"),
        "benefits": gettext("What good is expected"),
        "emergency": gettext("Emergency"),
        "withdrawn": gettext("Taken back"),
        "trust": gettext("Trust questions"),
        "questions": gettext("Questions of its own"),
        "measures": gettext("What was promised, and what was found"),
        "notes": gettext("Notes"),
    }


def _data() -> dict[str, str]:
    return {
        "disclosers": gettext("Who gives the data"),
        "recipients": gettext("Who gets it"),
        "processors": gettext("Who runs the machine"),
        "controllers_as_published": gettext("Bodies named, as published"),
        "subjects": gettext("Whose data"),
        "categories": gettext("Kinds of data"),
        "disclosed": gettext("Which data"),
        "method": gettext("How it is passed on"),
        "access_type": gettext("What kind of access"),
        "frequency": gettext("How often"),
        "retention": gettext("Kept for"),
        "identifiability": gettext("Can it point to you?"),
    }


def _law() -> dict[str, str]:
    return {
        "powers": gettext("Legal power"),
        "powers_as_published": gettext("Legal power, as published"),
        "lawful_basis": gettext("Reason in data law"),
        "article_9": gettext("Reason in data law for special kinds of data"),
        "confidentiality": gettext("Duty to keep a confidence"),
        "confidentiality_reference": gettext("Where that duty was looked at"),
        "opt_out": gettext("National opt-out"),
        "choice": gettext("Your say"),
        "choice_reason": gettext("Why you have that say"),
        "exemption": gettext("The law that takes the right to object away"),
    }


def _around() -> dict[str, str]:
    return {
        "starts": gettext("First day"),
        "ends": gettext("Last day"),
        "review": gettext("Looked at again by"),
        "areas": gettext("Where"),
        "contact": gettext("Who to ask"),
        "dpia": gettext("Check of the risks to people (DPIA)"),
        "atrs": gettext("Record of the algorithm used"),
        "published": gettext("Published"),
        "source": gettext("Taken from"),
    }
