"""Registers made by hypothesis: any field may be there or not, and say any text that is taken."""

from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from citizen_portal.agreements.queries import question_ids
from citizen_portal.agreements.schemas.parts import Exact, Text
from tests.agreements import files, hostile

SHORT = [text for text in hostile.SHOWN.values() if len(text) < 200]
LETTERS = st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t\u200d")
DAYS = st.dates().map(lambda day: day.isoformat())
URLS = st.sampled_from(["https://e.example/", "https://e.example/ŵ?a=b&c=%20#d", "http://[::1]:8/"])
NUMBERS = st.floats(-1e15, 1e15) | st.integers(-(10**9), 10**9)


def taken(kind: Any, texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Those of the texts that a field of this kind takes."""
    adapter = TypeAdapter(kind)

    def good(text: str) -> bool:
        try:
            adapter.validate_python(text)
        except ValidationError:
            return False
        return True

    return texts.filter(good)


TEXTS = taken(Text, st.sampled_from(SHORT) | st.text(LETTERS, max_size=40))
EXACT = taken(Exact, st.sampled_from(SHORT) | st.text(LETTERS, max_size=10))
WORDS = st.fixed_dictionaries({"en": TEXTS}, optional={"cy": TEXTS})
ANSWERS = st.fixed_dictionaries(
    {"text": WORDS},
    optional={
        "status": st.sampled_from(["answered", "not_applicable"]),
        "evidence": st.fixed_dictionaries({"text": WORDS}, optional={"url": URLS}),
    },
)
FOUND = st.fixed_dictionaries(
    {"on": DAYS, "text": WORDS}, optional={"value": NUMBERS, "evidence": URLS}
)
MEASURE = st.fixed_dictionaries(
    {"what": WORDS, "promised": WORDS},
    optional={
        "about": st.sampled_from(["benefit", "harm", "bias"]),
        "target": NUMBERS,
        "worse_above": st.booleans(),
        "personal": st.booleans(),
        "method": WORDS,
        "baseline": WORDS,
        "due": DAYS,
        "found": st.lists(FOUND, max_size=2),
    },
)
PARTY = st.sampled_from(["giver", "taker"]).map(lambda slug: {"organisation": slug}) | TEXTS.map(
    lambda name: {"name": name}
)


def _numbered(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": f"m-{n}"} | entry for n, entry in enumerate(entries)]


OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(
        ("subjects", "method", "access_type", "choice_reason", "benefits", "notes"), WORDS
    ),
    **dict.fromkeys(("contact", "confidentiality_reference", "source"), TEXTS),
    **dict.fromkeys(("dpia", "atrs", "purpose_iri"), URLS),
    **dict.fromkeys(("review", "published"), DAYS),
    **dict.fromkeys(("categories", "areas", "powers_as_published"), st.lists(TEXTS, max_size=3)),
    **dict.fromkeys(("disclosers", "recipients", "processors"), st.lists(PARTY, max_size=3)),
    "kind": st.sampled_from(["sharing", "own_use"]),
    "research": st.booleans(),
    "powers": st.just(["dea-35"]),
    "frequency": st.sampled_from(["one_off", "bulk"]),
    "retention": st.sampled_from(["P2Y", "P6M", "P0D"]),
    "opt_out": st.fixed_dictionaries({"applies": st.sampled_from(["yes", "no"]), "reason": WORDS}),
    "trust": st.dictionaries(st.sampled_from(sorted(question_ids())), ANSWERS, max_size=3),
    "questions": st.lists(
        st.fixed_dictionaries({"ask": WORDS}, optional={"answer": ANSWERS}), max_size=2
    ).map(_numbered),
    "measures": st.lists(MEASURE, max_size=2).map(_numbered),
    "withdrawn": st.fixed_dictionaries({"on": DAYS, "reason": WORDS}),
}
NEEDED = dict.fromkeys(("title", "what", "purpose", "disclosed"), WORDS)
AGREEMENT = st.fixed_dictionaries(
    {
        **NEEDED,
        "stage": st.sampled_from(["exploration", "service_delivery", "not_stated"]),
        "choice": st.sampled_from(["objection", "opt_out", "consent"]),
    },
    optional=OPTIONAL,
)
RULE = st.fixed_dictionaries(
    {"receiver_code": EXACT, "system": EXACT, "action": EXACT, "valid_from": DAYS},
    optional={"published": st.booleans()},
)
NOT_REPORTED = st.fixed_dictionaries({"what": WORDS, "law": WORDS}, optional={"url": URLS})


@st.composite
def registers(draw: st.DrawFn) -> dict[str, Any]:
    agreements = draw(st.lists(AGREEMENT, min_size=1, max_size=3))
    rules = draw(st.lists(RULE, max_size=3, unique_by=lambda rule: tuple(rule.values())[:4]))
    names = {name: draw(WORDS) for name in ("name", "official_name")}
    source = files.source("claims", "giver", not_reported=draw(st.lists(NOT_REPORTED, max_size=2)))
    return files.whole(
        organisations=[
            files.organisation("giver", contact=draw(TEXTS), **names),
            files.organisation("taker"),
        ],
        sources=[source | {"description": draw(WORDS)}],
        agreements=[{"reference": f"DSA-{n:04}"} | said for n, said in enumerate(agreements, 1)],
        rules=[{"source": "claims", "agreement": "DSA-0001"} | rule for rule in rules],
    )
