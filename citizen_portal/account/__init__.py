"""One's account with this service: what it holds itself, where one is signed in, how it ends."""
