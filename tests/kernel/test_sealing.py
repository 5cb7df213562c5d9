import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal import sealing
from citizen_portal.sealing import CannotOpen, Index


def test_what_is_sealed_opens_in_its_own_context_only(keys_folder: Path) -> None:
    sealer, _ = sealing.load(keys_folder)
    sealed = sealer.seal(b"a fact", "answer:one")

    assert sealer.unseal(sealed, "answer:one") == b"a fact"
    with pytest.raises(CannotOpen):
        sealer.unseal(sealed, "answer:two")


def test_a_changed_byte_does_not_open(keys_folder: Path) -> None:
    sealer, _ = sealing.load(keys_folder)
    sealed = bytearray(sealer.seal(b"a fact", "x"))
    sealed[-1] ^= 1
    with pytest.raises(CannotOpen):
        sealer.unseal(bytes(sealed), "x")


def test_keys_are_readable_by_their_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    made = sealing.create(tmp_path)
    before = [path.read_text() for path in made]
    assert sealing.create(tmp_path) == []
    assert [path.read_text() for path in made] == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_different_parts_never_give_the_same_index(one: list[str], two: list[str]) -> None:
    index = Index(b"k" * 32)
    same = index.blind("label", *one) == index.blind("label", *two)
    assert same == (one == two)


def test_each_label_is_a_world_of_its_own() -> None:
    index = Index(b"k" * 32)
    assert index.blind("account", "a") != index.blind("code", "a")
