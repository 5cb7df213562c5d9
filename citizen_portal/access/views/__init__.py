"""The front doors for people: the digests for everybody, the proof of an access for its citizen."""
