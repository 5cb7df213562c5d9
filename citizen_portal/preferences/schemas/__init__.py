"""What bodies' systems send of choices, and what they are answered."""
