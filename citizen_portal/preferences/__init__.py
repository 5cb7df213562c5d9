"""What citizens choose about the sharing of their data, and what each body made of it."""
