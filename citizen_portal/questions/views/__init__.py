"""Citizens' pages of questions."""
