"""What can be asked about questions."""
