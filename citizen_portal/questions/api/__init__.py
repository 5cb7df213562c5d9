"""What bodies' systems call."""
