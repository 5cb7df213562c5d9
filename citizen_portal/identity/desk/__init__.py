"""The officers' front doors of this slice: signing in, and what was done."""
