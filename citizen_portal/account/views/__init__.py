"""Pages of one's account, and the public pages that say what this service keeps."""
