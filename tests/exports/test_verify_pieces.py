"""``citizen-portal verify`` unpacks piece by piece: where a piece ends makes no difference."""

import hashlib
import io
import zlib

import pytest

from citizen_portal.exports.package import archive
from citizen_portal.exports.package.archive import Archive
from citizen_portal.exports.verify import check
from citizen_portal.exports.verify.zipped import CHUNK
from tests.exports import copies
from tests.exports.test_verify import OURS, made, pinned, refused


@pytest.mark.parametrize("often", [1, 2, 3])
def test_files_that_end_near_the_edge_of_a_piece_are_good(often: int) -> None:
    """A tail that packs well: zlib has taken all of it and still holds what it unpacks to."""
    lengths = range(often * CHUNK - 4, often * CHUNK + 301)
    text = b"Paid: yes\n" * (lengths.stop // 10 + 1)

    def fill(zipped: Archive) -> None:
        for length in lengths:
            zipped.add_bytes(f"{length}.txt", text[:length])

    assert check(io.BytesIO(made(fill)), pinned=pinned(OURS)).files == len(lengths) + 3


def test_what_is_cut_off_or_stands_behind_what_is_packed_is_found() -> None:
    """A list that is signed and counts a byte too few or too many of what is packed."""
    plain = b"the same words again and again " * 20_000
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    whole = packer.compress(plain) + packer.flush()
    for packed in (whole[:-1], whole[:-9], whole + b"\0", whole + bytes(CHUNK), b""):
        sizes = (zlib.crc32(plain), len(packed), len(plain))
        entry = archive.Entry("a.txt", archive.DEFLATED, archive.stamp(copies.MADE_AT), *sizes)
        record = archive.local(entry) + packed + archive.descriptor(entry)
        file = archive.File(
            "a.txt",
            len(plain),
            hashlib.sha256(plain).hexdigest(),
            hashlib.sha256(record).hexdigest(),
        )
        raw = made(lambda zipped, e=entry, f=file, r=record: zipped.append([(e, f)], [r]))  # type: ignore[misc]
        assert str(refused(raw)) == "a.txt was altered"
