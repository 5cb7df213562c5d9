"""What say the law gives a person, by the ground that an agreement stands on. One rule.

UK GDPR Article 21(1): where the ground is public task (6(1)(e)), recognised legitimate interest
(6(1)(ea)) or legitimate interest (6(1)(f)), a person can object. Article 21(6): where the purpose
is research or statistics a person can object whatever the ground, unless the research is needed
for a public-interest task. Article 7(3): consent can be taken back, so it is a choice.
"""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from citizen_portal.agreements.models.agreement import Say

OBJECTABLE = frozenset({"e", "ea", "f"})
"""Letters of Article 6(1) under which Article 21(1) gives the right to object."""
CONSENT = "a"
WEIGHT = {
    Say.NOT_STATED: 0,
    Say.NONE: 0,
    Say.OBJECTION: 1,
    Say.OPT_OUT: 2,
    Say.CONSENT: 3,
}


class RightsFault(StrEnum):
    """Why a choice is less than the law gives."""

    OBJECTION_NEEDED = "objection_needed"
    CONSENT_NEEDED = "consent_needed"
    EXEMPTION_UNFIT = "exemption_unfit"


@dataclass(frozen=True, slots=True)
class Exemption:
    """A rule of law that takes the right to object away, as the regional profile has it."""

    id: str
    lifts: frozenset[str]
    """Letters of Article 6(1) under which it does so."""
    research_only: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """What the rule looks at."""

    letter: str | None
    """Of Article 6(1); none when the ground is not stated."""
    research: bool = False
    public: bool = True
    """Whether a public authority takes part."""


@dataclass(frozen=True, slots=True)
class Verdict:
    least: Say
    """The least say that the law gives, where no exemption takes it away."""
    fault: RightsFault | None = None
    imbalance: bool = False
    """Consent asked by an authority is seldom free (UK GDPR recital 43): a hint, not a fault."""


def judge(basis: Basis, choice: Say, exemption: Exemption | None = None) -> Verdict:
    """Whether the choice that an agreement gives is at least what the law gives."""
    imbalance = basis.public and (choice is Say.CONSENT or basis.letter == CONSENT)
    least = least_choice(basis)
    return Verdict(least, _fault(basis, choice, exemption, least), imbalance)


def least_choice(basis: Basis) -> Say:
    if basis.letter == CONSENT:
        return Say.CONSENT
    if basis.letter in OBJECTABLE or (basis.letter is not None and basis.research):
        return Say.OBJECTION
    return Say.NONE


def fitting(basis: Basis, exemptions: Set[Exemption]) -> frozenset[Exemption]:
    """The exemptions that can be cited on this basis."""
    return frozenset(one for one in exemptions if _fits(basis, one))


def _fits(basis: Basis, exemption: Exemption) -> bool:
    return basis.letter in exemption.lifts and (basis.research or not exemption.research_only)


def _fault(
    basis: Basis, choice: Say, exemption: Exemption | None, least: Say
) -> RightsFault | None:
    if WEIGHT[choice] >= WEIGHT[least]:
        return None
    if least is Say.CONSENT:
        return RightsFault.CONSENT_NEEDED
    if exemption is None or choice is Say.NOT_STATED:
        return RightsFault.OBJECTION_NEEDED
    return None if _fits(basis, exemption) else RightsFault.EXEMPTION_UNFIT
