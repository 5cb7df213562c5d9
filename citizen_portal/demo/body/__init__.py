"""A public body's side of ``docs/connect.md``, as a small server of its own."""

from citizen_portal.demo.body.choices import Choices, Held
from citizen_portal.demo.body.config import Behaviour, BodyConfig, Code, Door, Person, Records
from citizen_portal.demo.body.proof import keys_at, keys_given
from citizen_portal.demo.body.server import create_body
from citizen_portal.demo.body.system import System

__all__ = [
    "Behaviour",
    "BodyConfig",
    "Choices",
    "Code",
    "Door",
    "Held",
    "Person",
    "Records",
    "System",
    "create_body",
    "keys_at",
    "keys_given",
]
