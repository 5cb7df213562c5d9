"""What bodies' systems send and are sent about choices."""
