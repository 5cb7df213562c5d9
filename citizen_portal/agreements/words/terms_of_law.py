"""Plain words for the fixed answers that an agreement gives: how often, how named, which duty."""

from flask_babel import gettext


def frequency(of: str) -> str:
    words: dict[str, str] = {
        "one_off": gettext("Once"),
        "on_request": gettext("When one body asks the other"),
        "subscription": gettext("When something changes"),
        "bulk": gettext("In large files about many people"),
    }
    return words[of]


def identifiability(of: str) -> str:
    words: dict[str, str] = {
        "identifiable": gettext("Yes, it has names or numbers that point to a person"),
        "pseudonymised": gettext("Only with a key that is kept apart: names are replaced"),
        "aggregated": gettext("It holds counts, not people"),
        "anonymous": gettext("They say that it does not"),
    }
    return words[of]


def confidentiality(of: str) -> str:
    words: dict[str, str] = {
        "direct_care": gettext("Shared to care for the person"),
        "consent": gettext("The person agreed"),
        "section_251": gettext("The duty was set aside by an approval in law"),
        "by_law": gettext("A law lets it be shared all the same"),
        "none": gettext("No such duty on this data"),
    }
    return words[of]


def applies(of: str) -> str:
    words: dict[str, str] = {
        "yes": gettext("It applies"),
        "no": gettext("It does not apply"),
        "not_applicable": gettext("There is none for this kind of data"),
    }
    return words[of]
