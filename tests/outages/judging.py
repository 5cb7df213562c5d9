"""What a page may say of one citizen while parts of the portal are away."""

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup

from citizen_portal.preferences.models import Answer
from tests.outages.world import BODIES

MARK = re.compile(r"canary-(\d+)-(\d+)-end")
GAP = re.compile(
    r"still to answer|did not answer|still asking|See which did not|not known yet|do not know yet"
)
"""How pages say that they may lack something."""
ANSWERED = re.compile(r"(\d+) answered\.|(\d+) of \d+ bodies answered")
SAYS = {"You said no to": Answer.NO, "You said yes to": Answer.YES}
NOTHING_CHOSEN = re.compile(r"Say (no|yes) to")
LEAKS = ("Traceback (most recent", "psycopg", "sqlite3", "sqlalchemy")


@dataclass(frozen=True)
class Page:
    text: str

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.text, "html.parser")

    @property
    def heading(self) -> str:
        found = self.soup.h1
        return " ".join(found.get_text().split()) if found else ""

    def told_of(self, number: int) -> int:
        """How many bodies' words about this person it shows."""
        return len({body for whose, body in MARK.findall(self.text) if int(whose) == number})

    def token(self) -> str:
        field = self.soup.select_one("input[name=csrf_token]")
        return str(field["value"]) if field else ""


def fault_of_any(page: Page, number: int) -> str | None:
    """What no page may do, an error page neither."""
    others = {int(whose) for whose, _ in MARK.findall(page.text)} - {number}
    if others:
        return f"shows what was told of {len(others)} others"
    if leak := next((leak for leak in LEAKS if leak in page.text), None):
        return f"shows how the portal is made: {leak}"
    return None if page.heading else "has no heading"


def fault_of_list(page: Page, number: int) -> str | None:
    """Each body holds something and has looked: a page that shows less must say that it may."""
    fault = fault_of_any(page, number)
    if fault:
        return fault
    told, words = page.told_of(number), " ".join(page.soup.get_text(" ").split())
    counts = [int(one or other) for one, other in ANSWERED.findall(words)]
    if counts and min(counts) > BODIES:
        return f"says that {min(counts)} of {BODIES} answered"
    if told < BODIES and not GAP.search(words):
        return f"shows {told} of {BODIES}, and says of no gap"
    return None


def answer_of(page: Page) -> Answer | None:
    """What a page says was chosen; none where it says that nothing was. ``LookupError`` else."""
    for words, answer in SAYS.items():
        if page.heading.startswith(words):
            return answer
    if NOTHING_CHOSEN.match(page.heading):
        return None
    raise LookupError(page.heading)
