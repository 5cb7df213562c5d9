"""What bodies' systems ask about choices."""
