"""What questions and corrections are."""
