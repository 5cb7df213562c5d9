"""``citizen-portal verify``: every changed byte is found, and only known keys are trusted."""

import hashlib
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from joserfc.jwk import Key

from citizen_portal.cli import main
from citizen_portal.exports.package import archive, manifest
from citizen_portal.exports.package.archive import Archive
from citizen_portal.exports.verify import Altered, OtherKey, Refused, Unreadable, check
from citizen_portal.signing import Signer
from tests.exports import copies
from tests.fakes.serving import served

OURS = copies.signer()
THEIRS = copies.signer()
WHAT = copies.small(60)
RAW, SUMMARY = copies.written(WHAT, OURS)


def pinned(signer: Signer) -> list[Key]:
    return list(signer.keys.keys)


def refused(raw: bytes, keys: list[Key] | None = None) -> Refused:
    with pytest.raises(Refused) as found:
        check(io.BytesIO(raw), pinned=keys or pinned(OURS))
    return found.value


def test_an_unchanged_copy_is_good_by_a_key_that_is_trusted() -> None:
    found = check(io.BytesIO(RAW), pinned=[*pinned(THEIRS), *pinned(OURS)])
    assert found.trusted
    assert (found.key, found.files) == (SUMMARY.key, SUMMARY.files)
    assert (found.made_at, found.issuer) == (copies.MADE_AT, "http://127.0.0.1:8000")


def test_two_thousand_single_changed_bytes_are_all_found() -> None:
    chance = random.Random(20261117)  # noqa: S311
    found = 0
    for _ in range(2_000):
        changed = bytearray(RAW)
        changed[chance.randrange(len(RAW))] ^= chance.randrange(1, 256)
        try:
            check(io.BytesIO(bytes(changed)), pinned=pinned(OURS))
        except Altered:
            found += 1
    assert found == 2_000


@pytest.mark.parametrize(
    "path", [info.filename for info in zipfile.ZipFile(io.BytesIO(RAW)).filelist]
)
def test_the_altered_file_is_named(path: str) -> None:
    info = zipfile.ZipFile(io.BytesIO(RAW)).getinfo(path)
    for at in (10, 30 + len(path) + info.compress_size // 2):
        changed = bytearray(RAW)
        changed[info.header_offset + at] ^= 1
        error = refused(bytes(changed))
        assert isinstance(error, Altered)
        assert error.place == path


def test_bytes_before_behind_between_or_cut_off_are_found() -> None:
    second = zipfile.ZipFile(io.BytesIO(RAW)).filelist[1].header_offset
    for raw in (
        b"PK\3\4" + RAW,
        RAW + b"\0",
        RAW[:second] + b"between" + RAW[second:],
        RAW[:-1],
        RAW[: len(RAW) // 2],
        RAW[second:],
    ):
        refused(raw)


@pytest.mark.parametrize("raw", [b"", b"PK", b"no zip at all", b"\0" * 99_999])
def test_what_is_no_zip_cannot_be_read(raw: bytes) -> None:
    assert isinstance(refused(raw), Unreadable)


def test_a_copy_that_another_key_signed_again_is_refused() -> None:
    raw, _ = copies.written(WHAT, THEIRS)
    error = refused(raw)
    assert isinstance(error, OtherKey)
    assert error.key == THEIRS.current.thumbprint()


def test_another_signature_put_in_its_place_is_refused() -> None:
    """The key that lies in the copy is still ours; the signature is not."""
    listed = manifest.written(WHAT, [])
    error = refused(made(lambda zipped: None, list_=listed, signer=THEIRS))
    assert isinstance(error, Altered)
    assert error.place == "manifest.json"


def made(
    fill: Callable[[Archive], object],
    *,
    list_: bytes | None = None,
    signer: Signer = OURS,
    kind: str = manifest.KIND,
    late: Callable[[Archive], object] = lambda zipped: None,
) -> bytes:
    """A zip in the right form with what somebody may put into it, and our key in it."""
    out = io.BytesIO()
    zipped = Archive(out, copies.MADE_AT)
    fill(zipped)
    zipped.add_bytes(manifest.KEY, manifest.key(OURS))
    listed = manifest.written(WHAT, zipped.files) if list_ is None else list_
    late(zipped)
    zipped.store(manifest.LIST, listed)
    signed = signer.sign(listed, typ=kind)
    zipped.store(manifest.SIGNATURE, f"{signed['protected']}..{signed['signature']}".encode())
    zipped.finish()
    return out.getvalue()


def test_what_is_made_for_these_tests_is_good_without_tricks() -> None:
    raw = made(lambda zipped: zipped.add_bytes("a.txt", b"as it was"))
    assert check(io.BytesIO(raw), pinned=pinned(OURS)).files == 4


def test_a_file_more_or_less_than_listed_is_named() -> None:
    more = made(lambda zipped: None, late=lambda zipped: zipped.add_bytes("b.txt", b"added"))
    assert str(refused(more)) == "b.txt was added"
    fewer = made(lambda zipped: zipped.add_bytes("a.txt", b"1"))
    listed = zipfile.ZipFile(io.BytesIO(fewer)).read("manifest.json")
    assert str(refused(made(lambda zipped: None, list_=listed))) == "a.txt is missing"


def test_nothing_else_that_we_sign_passes_for_a_copy() -> None:
    error = refused(made(lambda zipped: None, kind="citizen-portal-oversight+json"))
    assert isinstance(error, Altered)
    assert error.place == "manifest.jws"


def test_the_same_bytes_packed_another_way_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"the same words again and again, and the same words again " * 40
    listed = zipfile.ZipFile(io.BytesIO(made(lambda zipped: zipped.add_bytes("a.txt", text))))
    monkeypatch.setattr(archive, "LEVEL", 9)
    again = made(lambda zipped: zipped.add_bytes("a.txt", text), list_=listed.read("manifest.json"))
    assert zipfile.ZipFile(io.BytesIO(again)).read("a.txt") == text
    assert str(refused(again)) == "a.txt was altered"


@pytest.mark.parametrize(
    "path", ["../a.txt", "/a.txt", "a/../../b", "C:\\a", "a\\b", "\x1b[31mred", "a" * 300, "a/"]
)
def test_a_path_that_leads_elsewhere_is_refused_and_not_repeated(path: str) -> None:
    error = refused(made(lambda zipped: zipped.add_bytes(path, b"")))
    assert str(error) == (
        "the list at the end of the zip file names a file as no file of a copy may be named"
    )


@pytest.mark.parametrize("twin", ["a.txt", "A.txt"])
def test_a_file_that_stands_twice_is_refused(twin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def both(zipped: Archive) -> None:
        zipped.add_bytes("a.txt", b"1")
        zipped._taken.clear()
        zipped.add_bytes(twin, b"2")

    assert "twice" in str(refused(made(both)))


@pytest.mark.parametrize(
    ("name", "value"),
    [("OWNER_ONLY", 0o120777 << 16), ("BEHIND_FLAG", 9), ("MADE_BY", 20), ("DEFLATED", 12)],
    ids=["a link", "enciphered", "another system", "another method"],
)
def test_no_other_form_of_a_record_is_taken(
    name: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other:
        other.setattr(archive, name, value)
        raw = made(lambda zipped: zipped.add_bytes("a.txt", b"1"))
    assert str(refused(raw)) == "a.txt was altered"


def test_more_bytes_than_said_are_not_unpacked() -> None:
    """A list that is signed and lies: a few bytes, it says, of a file of 50 MB."""
    entry = archive.Entry("a.txt", archive.DEFLATED, archive.stamp(copies.MADE_AT))
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(bytes(50_000_000)) + packer.flush()
    said = archive.Entry(entry.path, entry.method, entry.stamp, zlib.crc32(b""), len(packed), 9)
    record = archive.local(said) + packed + archive.descriptor(said)
    file = archive.File("a.txt", 9, "0" * 64, hashlib.sha256(record).hexdigest())
    raw = made(lambda zipped: zipped.append([(said, file)], [record]))
    assert str(refused(raw)) == "a.txt was altered"


def run(tmp_path: Path, raw: bytes, *options: str) -> Result:
    file = tmp_path / "copy.zip"
    file.write_bytes(raw)
    return CliRunner().invoke(main, ["verify", str(file), *options], catch_exceptions=False)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(OURS.public()))
    return file


def test_the_command_trusts_keys_in_a_file(tmp_path: Path, keys: Path) -> None:
    good = run(tmp_path, RAW, "--jwks", str(keys))
    assert good.exit_code == 0
    assert good.stdout.startswith("This copy is unchanged since http://127.0.0.1:8000 made it.\n")
    assert f"Signed by key {SUMMARY.key}, which you trust." in good.stdout


def test_the_command_trusts_the_keys_of_the_portal_at_their_address(
    app: Flask, tmp_path: Path
) -> None:
    raw, _ = copies.written(WHAT, app.extensions["signer"])
    with served(lambda _: app) as site:
        good = run(tmp_path, raw, "--jwks", f"{site}/.well-known/jwks.json")
        other = run(tmp_path, RAW, "--jwks", f"{site}/.well-known/jwks.json")
        none = run(tmp_path, raw, "--jwks", f"{site}/elsewhere")
    assert (good.exit_code, other.exit_code) == (0, 1)
    assert none.exit_code == 2
    assert none.stderr.endswith("The keys at that address cannot be had: said_error.\n")


def test_without_keys_it_says_what_is_not_checked(tmp_path: Path) -> None:
    found = run(tmp_path, RAW)
    assert found.exit_code == 3
    said = f"This copy is unchanged since made by key {SUMMARY.key}; "
    assert found.stdout.startswith(f"{said}whose key that is was not checked.\n")
    assert "http://127.0.0.1:8000" not in found.stdout


def test_the_command_names_the_altered_file_and_nothing_in_it(tmp_path: Path, keys: Path) -> None:
    at = RAW.index(b"data/looks.csv") + 200
    changed = RAW[:at] + bytes([RAW[at] ^ 1]) + RAW[at + 1 :]
    for options in ((), ("--jwks", str(keys))):
        found = run(tmp_path, changed, *options)
        assert found.exit_code == 1
        assert found.stderr == "This copy is not as it was made: data/looks.csv was altered.\n"
        assert found.stdout == ""
    again, _ = copies.written(WHAT, THEIRS)
    other = run(tmp_path, again, "--jwks", str(keys))
    assert other.exit_code == 1
    assert "which is none of the keys that you trust" in other.stderr


@pytest.mark.parametrize("given", ["no json", "[]", '{"keys": []}', '{"keys": [{"kty": "oct"}]}'])
def test_keys_that_cannot_be_used_are_no_keys(tmp_path: Path, given: str) -> None:
    file = tmp_path / "none.json"
    file.write_text(given)
    assert run(tmp_path, RAW, "--jwks", str(file)).exit_code == 2


def test_what_cannot_be_read_ends_with_two(tmp_path: Path, keys: Path) -> None:
    assert run(tmp_path, b"a letter", "--jwks", str(keys)).exit_code == 2
    assert run(tmp_path, RAW, "--jwks", str(tmp_path / "absent.json")).exit_code == 2
    assert run(tmp_path, RAW, "--jwks", "http://portal.example/keys").exit_code == 2
    assert CliRunner().invoke(main, ["verify", str(tmp_path / "absent.zip")]).exit_code == 2
