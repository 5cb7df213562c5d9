"""Reasons in data law (UK GDPR Articles 6, 9 and 21 and their like), in words of the region."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.models.rights import Basis, Exemption, Verdict, judge
from citizen_portal.db import Words

FOLDER = Path(__file__).parents[2] / "data" / "grounds"


@dataclass(frozen=True, slots=True)
class ExemptionWords:
    """A rule that takes the right to object away, as people read it."""

    name: Words
    text: Words
    url: str


@dataclass(frozen=True, slots=True)
class Law:
    """What one region's data law says of grounds and of the right to object."""

    grounds: Mapping[str, Words]
    """Words by the identifier that agreements use."""
    letters: Mapping[str, str]
    """The letter of Article 6(1), by identifier."""
    exemptions: Mapping[str, Exemption]
    exemption_words: Mapping[str, ExemptionWords]

    def judge(self, document: Mapping[str, Any], *, public: bool = True) -> Verdict:
        """Whether a document gives the choice that the law gives.

        ``public`` says whether a public authority takes part. Raises ``KeyError`` for an
        exemption that the region does not have.
        """
        basis = self.basis(document, public=public)
        cited = document.get("exemption")
        exemption = self.exemptions[cited] if cited else None
        return judge(basis, Say(document.get("choice", Say.NOT_STATED)), exemption)

    def imbalanced(self, document: Mapping[str, Any], *, public: bool) -> bool:
        """Whether an authority asks for consent, which is seldom free."""
        return judge(self.basis(document, public=public), Say(document["choice"])).imbalance

    def basis(self, document: Mapping[str, Any], *, public: bool = True) -> Basis:
        letter = self.letters.get(document.get("lawful_basis", ""))
        return Basis(letter, research=bool(document.get("research")), public=public)


@cache
def law(region: str) -> Law:
    """The law of a region; empty where a region has none yet."""
    file = FOLDER / f"{region}.yaml"
    said = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    entries = said.get("exemptions", ())
    return Law(
        grounds=said.get("grounds", {}),
        letters=said.get("article_6", {}),
        exemptions={entry["id"]: _exemption(entry) for entry in entries},
        exemption_words={
            entry["id"]: ExemptionWords(entry["name"], entry["text"], entry["url"])
            for entry in entries
        },
    )


def _exemption(entry: Mapping[str, Any]) -> Exemption:
    return Exemption(
        id=entry["id"],
        lifts=frozenset(entry["lifts"]),
        research_only=entry.get("research_only", False),
    )
