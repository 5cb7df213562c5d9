"""Tests that cannot be run with citizens on two clusters, each with the reason why."""

APART: dict[str, str] = {}
"""By file, or by file and name."""
