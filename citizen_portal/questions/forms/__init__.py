"""What officers and citizens send."""
