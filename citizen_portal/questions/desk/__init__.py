"""What officers see of questions, and do with them."""
