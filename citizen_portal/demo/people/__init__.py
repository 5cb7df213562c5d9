"""The demo's invented people: who they are, and what bodies did with their data in a year."""
