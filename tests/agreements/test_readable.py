"""Which characters a text may hold: those that can be seen, or that change what is seen."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from citizen_portal.agreements.schemas.parts import CodeText, Exact, Text
from tests.agreements import hostile

TEXT: TypeAdapter[str] = TypeAdapter(Text)
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
JOINED = ["👨‍👩‍👧‍👦", "❤️‍🔥", "👩🏽‍🔬", "🏳️‍🌈", "می‌خواهم", "क्‍ष", WALES]
UNSEEN = st.characters(categories=["Cc", "Cf", "Zl", "Zp"], exclude_characters="\n\t")
SEEN = st.text(st.characters(categories=["L", "N", "P"], exclude_characters="\u3164\uffa0"))


def good(text: str, kind: Any = Text) -> bool:
    adapter: TypeAdapter[str] = TypeAdapter(kind)
    try:
        return bool(adapter.validate_python(text))
    except ValidationError:
        return False


@pytest.mark.parametrize("text", JOINED)
def test_pictures_and_words_that_need_joiners_are_kept_letter_for_letter(text: str) -> None:
    for said in (text, f"{text} {text}", f"A {text}, b", f"{text}\n{text}"):
        assert TEXT.validate_python(said) == said


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])).map(str.strip))
def test_what_can_be_seen_is_taken(text: str) -> None:
    assert good(text) == (bool(text) and not any(map(hidden, "\n" + text, text)))


def hidden(before: str, letter: str) -> bool:
    """No character, or one that is never shown, or a selector with nothing to choose."""
    point = ord(letter)
    selects = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
    if selects:
        return before.isspace() or hidden("\n", before)
    return (
        point & 0xFFFE == 0xFFFE
        or 0xFDD0 <= point <= 0xFDEF
        or 0xFFF0 <= point <= 0xFFF8
        or 0xE0000 <= point <= 0xE0FFF
        or letter in "\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0"
    )


@given(SEEN, UNSEEN, SEEN)
def test_what_cannot_be_seen_is_refused_wherever_it_stands(
    before: str, letter: str, after: str
) -> None:
    text = f"a{before}{letter}{after}a"
    sides = text[len(before)], (after + "a")[0]
    joins = letter in "\u200c\u200d" and max(sides) >= "\u0600"
    assert good(text) == joins
    assert letter.isspace() or not good(f"x{letter}")


@given(st.sampled_from("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), SEEN)
def test_nothing_turns_the_text_around_it(letter: str, around: str) -> None:
    for text in (f"{around}{letter}a", f"a{letter}{around}", f"👩{letter}👧", f"🏴{letter}"):
        with pytest.raises(ValidationError, match="turn the direction"):
            TEXT.validate_python(text)


@given(st.text(st.sampled_from("\u200c\u200d👩👧 a\n"), min_size=1).map(str.strip))
def test_a_joiner_joins_two_things_that_can_be_seen(text: str) -> None:
    if not text:
        return
    wrong = False
    for at, letter in enumerate(text):
        if letter in "\u200c\u200d":
            sides = (text[at - 1] if at else " ", text[at + 1] if at + 1 < len(text) else " ")
            wrong |= any(side in "\u200c\u200d \n" for side in sides) or sides == ("a", "a")
    assert good(text) != wrong


@given(st.text(st.characters(min_codepoint=0xE0000, max_codepoint=0xE007F), min_size=1))
def test_tags_stand_only_in_the_flag_of_a_part_of_a_country(tags: str) -> None:
    assert not good(f"a{tags}")
    code, end = tags[:-1], tags[-1]
    letters = all(0xE0061 <= ord(tag) <= 0xE007A or 0xE0030 <= ord(tag) <= 0xE0039 for tag in code)
    assert good(f"🏴{tags}") == (letters and 3 <= len(code) <= 6 and end == "\U000e007f")


@pytest.mark.parametrize("kind", [Exact, CodeText])
@pytest.mark.parametrize("text", ["👨‍👩‍👧", "می‌خواهم"])
def test_what_is_compared_letter_by_letter_has_no_joiner(kind: Any, text: str) -> None:
    assert not good(text, kind)


def test_every_text_that_is_shown_is_in_one_of_two_lists() -> None:
    assert all(good(text) for text in hostile.SHOWN.values())
    assert not any(good(text) for text in hostile.REFUSED.values())
    assert unicodedata.category("\u200d") == "Cf"
