"""What officers do about choices."""
