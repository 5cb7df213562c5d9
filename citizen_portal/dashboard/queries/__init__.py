"""What the gathering pages ask: facts as frozen dataclasses, without words and without Flask."""
