"""What a body says of records, as it goes over the wire."""

from typing import Any

ME = "a" * 64


def marked(name: str, type: str | None = "string", about: str | None = "self") -> dict[str, Any]:
    """A field with its marks; none for a mark that is missing."""
    said = {"name": name, "label": {"en": name.title()}, "type": type, "about": about}
    return {member: text for member, text in said.items() if text is not None}


STREET = marked("street")


def row(**values: Any) -> dict[str, Any]:
    return {"subject": ME, "values": values}


def document(*rows: Any, fields: Any = (STREET,), **more: Any) -> dict[str, Any]:
    return {
        "subject": ME,
        "dataset": "homes",
        "fields": list(fields),
        "rows": list(rows),
    } | more
