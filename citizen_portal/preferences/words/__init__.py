"""Choices in words."""
