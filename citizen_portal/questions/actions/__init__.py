"""What can happen to questions and corrections."""
