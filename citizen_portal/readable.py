"""Which texts of others can be shown: each character is seen, or changes what is seen.

Written once, for the register, for what bodies answer and for what they send.
"""

import re
import unicodedata

UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Unicode categories of control and format characters and of line separators."""
TURNS_TEXT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of the text around them, so that it reads as another."""
PLAIN_BREAKS = frozenset("\n\t")
JOINERS = frozenset("\u200c\u200d")
"""Zero-width (non-)joiner: part of emoji such as families, and of Arabic and Indic words."""
JOINER = re.compile("[\u200c\u200d]")
FIRST_JOINED = "\u0600"
"""No script below it joins its letters: a joiner between two of these changes nothing to see."""
SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors: each chooses the form of the one character before it."""
FILLER = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\ufff8"
    "\U000e0000\U000e0002-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
    f"|(?:^|[\\s{SELECTORS}])[{SELECTORS}]"
)
"""Not shown though no control or format character by category (Default_Ignorable_Code_Point), and
selectors that choose nothing."""
TAGGED_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
"""The flag of a part of a country, as of Wales: a black flag, its code in tags, an end
(Unicode Technical Standard 51, ED-14a)."""
NOT_SEEN = "must not hold control characters or characters that cannot be seen"


def readable(text: str) -> str:
    """This text; raises ``ValueError``. See docs/register-format.md."""
    if text.replace("\n", " ").replace("\t", " ").isprintable():
        return _seen(text)
    if not TURNS_TEXT.isdisjoint(text):
        raise ValueError("must not hold characters that turn the direction of text")
    shown = TAGGED_FLAG.sub("\U0001f3f4", text)
    for letter in set(shown) - JOINERS - PLAIN_BREAKS:
        if unicodedata.category(letter) in UNSEEN:
            raise ValueError(NOT_SEEN)
        if _no_character(ord(letter)):
            raise ValueError("must not hold code points that are no characters")
    for joiner in JOINER.finditer(shown):
        _joins(shown[joiner.start() - 1 : joiner.start()], shown[joiner.end() : joiner.end() + 1])
    return _seen(text)


def readable_line(text: str) -> str:
    """The same of a text on one line that says something."""
    if not PLAIN_BREAKS.isdisjoint(text):
        raise ValueError("must stand on one line")
    if not text.strip():
        raise ValueError("must not be empty")
    return readable(text)


def _seen(text: str) -> str:
    if not text.isascii() and FILLER.search(text):
        raise ValueError(NOT_SEEN)
    return text


def _joins(before: str, after: str) -> None:
    """A joiner stands between two visible characters, one of which it can change."""
    good = bool(before and after) and max(before, after) >= FIRST_JOINED
    if not good or any(letter in JOINERS or letter.isspace() for letter in before + after):
        raise ValueError("must not hold a joiner that joins nothing")


def _no_character(point: int) -> bool:
    """Unicode, section 23.7: never a character, and not allowed in XML or HTML."""
    return 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE
