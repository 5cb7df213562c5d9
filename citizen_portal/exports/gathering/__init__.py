"""What goes into a copy: asked of bodies live, read from what is kept here, never written down."""

from citizen_portal.exports.gathering.gathered import Gathering, Tools

__all__ = ["Gathering", "Tools"]
