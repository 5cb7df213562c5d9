"""What bodies' systems read and say of choices."""
