"""What a publication changed, in words."""

from flask_babel import gettext

from citizen_portal.agreements.queries.published import Published

DATES = {"starts", "ends", "review"}
PARTIES = {"disclosers", "recipients", "processors", "controllers_as_published"}
DATA = {"disclosed", "categories", "subjects", "identifiability", "method", "access_type"}
DATA |= {"frequency", "retention", "areas"}
LAW = {"powers", "powers_as_published", "lawful_basis", "article_9", "research"}
LAW |= {"confidentiality", "confidentiality_reference"}
SAY = {"choice", "choice_reason", "exemption", "opt_out"}
GOOD = {"measures", "benefits", "harm_of_not_sharing"}


def told(one: Published) -> str:
    """One sentence, or two."""
    start = gettext(
        "%(reference)s, version %(number)s.", reference=one.reference, number=one.number
    )
    if one.number == 1:
        return f"{start} {gettext('First published.')}"
    groups = list(dict.fromkeys(_group(field) for field in one.changed))
    if not groups:
        return str(start)
    return f"{start} {gettext('Changed: %(what)s.', what=', '.join(groups))}"


def _group(field: str) -> str:
    """The kind of thing that a field says."""
    words = (
        (DATES, gettext("dates")),
        (PARTIES, gettext("who takes part")),
        (DATA, gettext("which data, and how")),
        (LAW, gettext("law")),
        (SAY, gettext("what say you have")),
        (GOOD, gettext("what good is promised and found")),
        ({"emergency"}, gettext("emergency")),
        ({"withdrawn"}, gettext("it was taken back")),
    )
    if field.startswith("trust.") or field == "questions":
        return str(gettext("answers to the trust questions"))
    return next((str(text) for fields, text in words if field in fields), str(gettext("its words")))
