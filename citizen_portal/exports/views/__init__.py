"""A citizen's copies: choosing, waiting, watching, fetching."""

from citizen_portal.exports.views.copies import bp

__all__ = ["bp"]
