"""What officers do with choices: ask whether data may be used."""
