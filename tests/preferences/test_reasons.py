"""Reasons that people write, before they are kept."""

import pytest

from citizen_portal.preferences.forms.reasons import as_written


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" a\r\nb\rc ", "a\nb\nc"),
        ("a\u202eb\x00c\ud800d", "a b c d"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (None, ""),
    ],
)
def test_a_reason_is_kept_as_it_can_be_seen(typed: str | None, kept: str) -> None:
    assert as_written(typed) == kept
