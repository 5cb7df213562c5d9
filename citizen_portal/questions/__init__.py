"""What citizens ask of bodies, and what bodies answer."""
