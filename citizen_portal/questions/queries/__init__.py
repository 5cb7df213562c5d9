"""What can be asked about questions and corrections."""
