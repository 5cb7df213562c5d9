"""One port, two stores: what holds for the folder holds for the bucket."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import boto3  # type: ignore[import-untyped]
import pytest

from citizen_portal import sealing, storage
from citizen_portal.sealing import CannotOpen
from citizen_portal.storage import NotStored, Store

LARGE = 9_000_000
"""Bytes that an upload takes in several pieces."""


class Broken(Exception):
    pass


@contextmanager
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    from moto.server import ThreadedMotoServer

    named = f"copies-{uuid4().hex}"
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    given = {
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-west-2",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ALLOW_HTTP": "true",
    }
    for name, text in given.items():
        monkeypatch.setenv(name, text)
    made = {"LocationConstraint": "eu-west-2"}
    boto3.client("s3").create_bucket(Bucket=named, CreateBucketConfiguration=made)
    try:
        yield storage.at(f"s3://{named}/of-citizens")
    finally:
        server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    if request.param == "folder":
        yield storage.at(str(tmp_path / "copies"))
        return
    with bucket(monkeypatch) as made:
        yield made


def read(store: Store, name: str) -> bytes:
    with store.read(name) as file:
        return file.read()


def test_what_is_written_is_read(store: Store) -> None:
    pieces = [os.urandom(LARGE), b"", b"the end"]
    with store.writing("one") as file:
        for piece in pieces:
            file.write(piece)
    assert read(store, "one") == b"".join(pieces)
    assert list(store.names()) == ["one"]


def test_a_file_is_whole_or_not_there(store: Store) -> None:
    with suppress(Broken), store.writing("one") as file:
        file.write(b"half")
        raise Broken
    with pytest.raises(NotStored):
        store.read("one")
    assert list(store.names()) == []


def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: Store) -> None:
    with store.writing("one") as file:
        file.write(b"whole")
    store.delete("one")
    store.delete("one")
    assert list(store.names()) == []


def test_a_folder_is_for_its_owner_alone_and_a_begun_file_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    store = storage.at(str(folder))
    with store.writing("one") as file:
        file.write(b"half")
        assert list(store.names()) == ["one"], "so that it can be cleared away"
        with pytest.raises(NotStored):
            store.read("one")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "one").stat().st_mode) == 0o600


def test_a_begun_file_of_a_dead_worker_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "one.begun").write_bytes(b"half")
    store = storage.at(str(tmp_path))
    assert list(store.names()) == ["one"]
    store.delete("one")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def sealer(keys_folder: Path) -> sealing.FileSealer:
    return sealing.load_file_sealer(keys_folder)


def test_a_sealed_file_opens_in_its_own_context_only(
    store: Store, sealer: sealing.FileSealer
) -> None:
    plain = os.urandom(2_500_000)
    with store.writing("one") as file, sealer.sealing(file, "mine") as out:
        out.write(plain)
    assert plain[:64] not in read(store, "one")
    assert b"".join(sealer.opened(store.read("one"), "mine")) == plain
    with pytest.raises(CannotOpen):
        list(sealer.opened(store.read("one"), "another"))


@pytest.mark.parametrize("change", ["first", "middle", "last", "cut", "cut at a piece"])
def test_a_sealed_file_that_was_changed_does_not_open(
    tmp_path: Path, sealer: sealing.FileSealer, change: str
) -> None:
    store = storage.at(str(tmp_path))
    with store.writing("one") as file, sealer.sealing(file, "mine") as out:
        out.write(os.urandom(3_000_000))
    sealed = bytearray((tmp_path / "one").read_bytes())
    at = {"first": 60, "middle": len(sealed) // 2, "last": -1}.get(change)
    if at is not None:
        sealed[at] ^= 1
    sealed = sealed[: {"cut": -1, "cut at a piece": 2**20}.get(change)]
    (tmp_path / "one").write_bytes(sealed)
    with pytest.raises(CannotOpen):
        list(sealer.opened(store.read("one"), "mine"))


def test_a_file_whose_writing_broke_off_does_not_open(
    tmp_path: Path, sealer: sealing.FileSealer
) -> None:
    kept = tmp_path / "kept"
    with suppress(Broken), kept.open("wb") as file, sealer.sealing(file, "mine") as out:
        out.write(os.urandom(3_000_000))
        raise Broken
    with pytest.raises(CannotOpen):
        list(sealer.opened(kept.open("rb"), "mine"))
