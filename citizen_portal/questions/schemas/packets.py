"""What the page on which one asks hands to its own form: sealed, so that nobody changes a fact.

It opens for the same citizen and the same thing alone, so what a body told for one visit need not
be asked again to be asked about.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from citizen_portal.errors import Invalid
from citizen_portal.questions.models import About, Kind
from citizen_portal.questions.schemas.facts import Facts
from citizen_portal.sealing import CannotOpen, Sealer


@dataclass(frozen=True, slots=True)
class Packet:
    token: str
    """Of this drawing of the page: what is sent from it is asked once."""
    about: About
    blind: str
    facts: Facts
    bodies: tuple[UUID, ...]
    """Those that may be asked, the likeliest first."""
    kinds: tuple[Kind, ...]
    """What may be asked."""
    agreement: str | None = None
    choose: str = ""
    """Where the citizen objects, where an agreement lets them choose."""
    back: str = "/my"
    """The page of the thing."""

    def sealed(self, sealer: Sealer, citizen_id: UUID, name: str) -> str:
        said: dict[str, Any] = {
            "token": self.token,
            "blind": self.blind,
            "facts": self.facts.packed(),
            "bodies": [body.hex for body in self.bodies],
            "kinds": [kind.value for kind in self.kinds],
            "agreement": self.agreement,
            "choose": self.choose,
            "back": self.back,
        }
        context = _context(citizen_id, self.about, name)
        closed = sealer.seal(json.dumps(said, ensure_ascii=False).encode(), context)
        return base64.urlsafe_b64encode(closed).decode()

    @classmethod
    def opened(cls, text: str, sealer: Sealer, citizen_id: UUID, about: About, name: str) -> Self:
        """Raises ``Invalid`` for what was not sealed for this citizen and this thing."""
        try:
            closed = base64.urlsafe_b64decode(text)
            said = json.loads(sealer.unseal(closed, _context(citizen_id, about, name)))
        except (CannotOpen, ValueError):
            raise Invalid("This form was changed, or is not yours. Open the page anew.") from None
        return cls(
            token=said["token"],
            about=about,
            blind=said["blind"],
            facts=Facts.of(said["facts"]),
            bodies=tuple(UUID(hex=body) for body in said["bodies"]),
            kinds=tuple(Kind(kind) for kind in said["kinds"]),
            agreement=said["agreement"],
            choose=said["choose"],
            back=said["back"],
        )


def _context(citizen_id: UUID, about: About, name: str) -> str:
    return f"question-form:{citizen_id}:{about}:{name}"
