"""A bounded load: everybody at once, until what is waited for was seen."""

from collections import Counter
from collections.abc import Callable, Sequence

from tests.outages.callers import Citizen, Sender, Somebody
from tests.outages.ledger import Ledger, Seen
from tests.outages.rig import NotInTimeError, Rig, wait


class Load(Ledger):
    """Everybody at once. One of the citizens signs in anew for each round."""

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self.rig = rig
        people = range(len(rig.world.people))
        self.citizens = [Citizen(rig, self, n, comes_anew=n == 0) for n in people]
        self.sender = Sender(rig, self)

    @property
    def everybody(self) -> list[Somebody]:
        return [*self.citizens, self.sender]

    def __enter__(self) -> "Load":
        for one in self.everybody:
            one.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for one in self.everybody:
            one.thread.join(60)
            assert not one.thread.is_alive(), "a request does not end"

    def until(self, seen: Callable[[Seen], bool], what: str) -> None:
        """Go on until this was seen; a page that is wrong ends it at once."""
        wait(lambda: bool(self.seen.wrong) or seen(self.seen), what)

    def whole_rounds(self) -> None:
        """Until each has been served a whole round more, with what each body told."""
        names = [one.name for one in self.everybody]
        self.rounds([*names, *(f"{one.name} /my" for one in self.citizens)])

    def rounds(self, names: Sequence[str], more: int = 1) -> None:
        """Until each of these was seen so often more."""
        begun = Counter(self.seen.rounds)
        try:
            self.until(
                lambda seen: all(seen.rounds[name] >= begun[name] + more for name in names),
                "a round of each",
            )
        except NotInTimeError:
            there = {name: self.seen.rounds[name] - begun[name] for name in names}
            raise NotInTimeError(f"a round of each; there were {there}") from None
