"""What can happen to agreements: whole imports, publication."""

from citizen_portal.agreements.actions.importing import (
    Change,
    Entries,
    ImportSummary,
    import_register,
)

__all__ = ["Change", "Entries", "ImportSummary", "import_register"]
