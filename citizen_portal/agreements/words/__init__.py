"""How agreements are spoken of, in the reader's language: for every front door of the slice."""
