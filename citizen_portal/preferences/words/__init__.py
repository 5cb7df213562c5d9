"""Choices in words, as pages say them."""
