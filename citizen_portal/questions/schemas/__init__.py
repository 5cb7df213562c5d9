"""What bodies' systems send."""
