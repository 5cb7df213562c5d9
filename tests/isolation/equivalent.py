"""Filters whose absence changes nothing that anybody could see, each with the reason."""

EQUIVALENT: dict[str, str] = {}
