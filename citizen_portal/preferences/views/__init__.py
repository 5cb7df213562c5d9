"""Pages of a citizen's choices, and of who asked about them."""
