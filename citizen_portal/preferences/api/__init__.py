"""What bodies' systems ask of choices, and say of them."""
