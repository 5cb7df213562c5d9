"""Questions in words: what was asked, where it stands, by when and why that day."""
