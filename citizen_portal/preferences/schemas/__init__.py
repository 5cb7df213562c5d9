"""What bodies' systems send and are answered about choices."""
