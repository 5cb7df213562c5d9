"""What the rule of rights finds, in words for people: why a choice is too little, and a hint."""

from flask_babel import gettext

from citizen_portal.agreements.models.rights import RightsFault


def fault_words(fault: RightsFault) -> str:
    """Why the choice that an agreement gives is less than the law gives, and what would mend it."""
    words: dict[RightsFault, str] = {
        RightsFault.OBJECTION_NEEDED: gettext(
            "On this ground people can object. Let them, or name the law that takes the right away."
        ),
        RightsFault.CONSENT_NEEDED: gettext(
            "This stands on people’s consent. So it may be done only for those who agree."
        ),
        RightsFault.EXEMPTION_UNFIT: gettext(
            "The law that is named does not take the right to object away on this ground."
        ),
    }
    return words[fault]


def imbalance_hint() -> str:
    """UK GDPR recital 43: shown where an authority takes part and consent is asked."""
    return str(
        gettext(
            "Consent asked by an authority is seldom free: people may fear to say no. "
            "Check that they lose nothing if they do."
        )
    )
