"""A public body's side of ``docs/connect.md``, as a small server of its own."""

from citizen_portal.demo.body.config import Behaviour, BodyConfig, Code, Door, Person, Records
from citizen_portal.demo.body.proof import keys_at, keys_given
from citizen_portal.demo.body.server import create_body

__all__ = [
    "Behaviour",
    "BodyConfig",
    "Code",
    "Door",
    "Person",
    "Records",
    "create_body",
    "keys_at",
    "keys_given",
]
