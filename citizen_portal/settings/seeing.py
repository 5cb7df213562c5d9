"""The knobs of what is told of the running portal to those who run it."""

from citizen_portal.settings.limits import LimitSettings


class SeeingSettings(LimitSettings):
    """A part of ``Settings``."""

    least_free_mb: int = 64
    """Megabytes that must be free where requests leave something, or `/readyz` says not ready."""
