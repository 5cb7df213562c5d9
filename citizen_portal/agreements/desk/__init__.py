"""The desk: where officers of public bodies write, review and publish agreements."""
