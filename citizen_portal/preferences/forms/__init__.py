"""What people send of choices, before it is believed."""
