"""Numbers of people and of what was done to them, as they are published: no small ones."""

SMALLEST, STEP = 10, 5


def rounded(count: int) -> int | None:
    """From 10 up the nearest number that 5 divides; none for fewer, which is all that is told."""
    return (count + STEP // 2) // STEP * STEP if count >= SMALLEST else None


def of_people(count: int, people: int) -> int:
    """What counts where so many people had a part in it: of fewer than 10 each counts once, however
    often, so that no number is told that is of one person, or that a few could make."""
    return count if people >= SMALLEST else min(count, people)


def bounds(told: int | None) -> tuple[int, int]:
    """The least and the most that a number may be of which ``rounded`` tells this."""
    if told is None:
        return 0, SMALLEST - 1
    return max(SMALLEST, told - STEP // 2), told + STEP // 2
