"""The public register: its list, one agreement in full, its versions."""

from citizen_portal.agreements.views import register, versions
from citizen_portal.agreements.views.blueprint import bp

__all__ = ["bp", "register", "versions"]
