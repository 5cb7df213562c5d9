"""What people send of questions, before it is believed."""
