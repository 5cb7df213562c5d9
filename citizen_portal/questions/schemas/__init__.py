"""What one page hands to the next, and what is kept of it, before it is believed."""
