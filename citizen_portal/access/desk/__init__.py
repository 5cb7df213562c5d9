"""The officers' front door of this slice: withheld accesses, decided by two."""
