"""What is asked, answered and put right, in words."""
