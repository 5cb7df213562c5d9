"""The tree of hashes against the definitions of RFC 6962 §2.1, written down a second time here."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.access.queries import trees

# From the test vectors that Certificate Transparency has used since RFC 6962: eight inputs and the
# roots over the first n of them.
INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def leaf(text: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + text).digest()


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, over leaves that are hashed already."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def audit_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*audit_path(m, leaves[:k]), mth(leaves[k:])]
    return [*audit_path(m - k, leaves[k:]), mth(leaves[:k])]


def verified(at: int, size: int, reached: bytes, path: Sequence[bytes]) -> bytes:
    """The root by the algorithm of RFC 9162 §2.1.3.2, which knows places and no sides."""
    fn, sn = at, size - 1
    for other in path:
        assert sn != 0
        if fn & 1 or fn == sn:
            reached = hashlib.sha256(b"\x01" + other + reached).digest()
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            reached = hashlib.sha256(b"\x01" + reached + other).digest()
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return reached


@pytest.mark.parametrize("count", ROOTS)
def test_roots_are_those_of_the_known_vectors(count: int) -> None:
    leaves = [leaf(bytes.fromhex(each)) for each in INPUTS[:count]]

    assert trees.root(leaves).hex() == mth(leaves).hex() == ROOTS[count]


@pytest.mark.parametrize("size", [*range(1, 40), 63, 64, 65, 255, 256, 257])
def test_each_leaf_has_the_path_of_the_definition(size: int) -> None:
    leaves = [leaf(str(n).encode()) for n in range(size)]
    for at, one in enumerate(leaves):
        path = trees.path(leaves, at)
        assert [other for _, other in path] == audit_path(at, leaves)
        assert trees.climb(one, path) == mth(leaves)
        assert verified(at, size, one, [other for _, other in path]) == mth(leaves)


HASH = st.binary(min_size=32, max_size=32)


@given(st.lists(HASH, min_size=1, max_size=60, unique=True), st.data())
def test_a_path_leads_from_no_other_leaf_to_the_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(HASH.filter(lambda found: found != leaves[at]))

    path = trees.path(leaves, at)
    assert trees.climb(leaves[at], path) == trees.root(iter(leaves)) == mth(leaves)
    assert trees.climb(other, path) != mth(leaves)
    assert trees.cut(b"".join(leaves)) == leaves
