"""Welsh words change their first letters: "twyll" is "dwyll" after "i", and means the same.

The soft, the nasal and the aspirate mutation, in both directions. A guess that is no word finds
nothing, so each that the spelling lets is made.
"""

MUTATED = {
    "p": ("b", "mh", "ph"),
    "t": ("d", "nh", "th"),
    "c": ("g", "ngh", "ch"),
    "b": ("f", "m"),
    "d": ("dd", "n"),
    "g": ("", "ng"),
    "ll": ("l",),
    "m": ("f",),
    "rh": ("r",),
}
DIGRAPHS = ("ngh", "ch", "dd", "ff", "ng", "ll", "mh", "nh", "ph", "rh", "th")
"""Two or three letters that are read as one, longest first."""
SHORTEST = 4


def forms(word: str) -> tuple[str, ...]:
    """Other spellings of one word, without accents as it is: ``twyll`` gives ``dwyll`` and more."""
    if len(word) < SHORTEST or not word.isalpha():
        return ()
    first = next((each for each in DIGRAPHS if word.startswith(each)), word[0])
    rest = word.removeprefix(first)
    found = [mutated + rest for mutated in MUTATED.get(first, ())]
    found += [radical + rest for radical, into in MUTATED.items() if first in into]
    if first in "aeiouwy" or first in ("l", "r"):
        found.append("g" + word)  # the soft mutation of g is nothing at all
    return tuple(dict.fromkeys(found))
