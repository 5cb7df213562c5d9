"""Who can fetch a copy, and who cannot; how it is given out."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from citizen_portal import clock
from citizen_portal.exports.models import Export, State
from citizen_portal.identity.models import Citizen, Officer, SignIn
from citizen_portal.sealing import EXPORTS_FILE
from tests import make
from tests.exports.world import ALL, World, answer, asked, work
from tests.pages import Page

SignInAs = Callable[[Citizen], FlaskClient]


def test_an_hour_after_the_first_download_it_is_wiped(world: World) -> None:
    world.body("clinic")
    address = world.made()
    assert world.browser.head(f"{address}/file").status_code == 200
    assert world.row(address).state is State.READY, "a look at the head is no download"
    first = world.package(address).namelist()
    until = world.row(address).expires_at
    assert world.row(address).state is State.FETCHED
    assert world.package(address).namelist() == first
    assert world.row(address).expires_at == until, "the second download gives no more time"
    assert until is not None
    assert until <= clock.now() + timedelta(hours=1)

    with world.sessions.writing() as session:
        session.execute(update(Export).values(expires_at=until - timedelta(hours=1, seconds=1)))
    response = world.browser.get(f"{address}/file")
    assert response.headers["Location"] == address
    world.do("exports.expire")
    world.do("exports.tidy")
    assert world.stored() == []


def test_the_download_is_neutral_and_kept_by_no_cache(world: World) -> None:
    world.body("clinic")
    response = world.browser.get(f"{world.made()}/file", headers={"Range": "bytes=0-9"})
    assert response.status_code == 200, "no part of it is given out"
    assert response.headers["Content-Disposition"] == 'attachment; filename="copy.zip"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Accept-Ranges"] == "none"
    assert int(response.headers["Content-Length"]) == len(response.data)


def make_old(world: World) -> None:
    """The citizen proved who they are long ago."""
    with world.sessions.writing() as session:
        session.execute(update(SignIn).values(auth_time=clock.now() - timedelta(hours=1)))


def test_asking_and_downloading_need_a_fresh_sign_in(world: World) -> None:
    world.body("clinic")
    address = world.made()
    make_old(world)
    for path, back in (
        ("/my/copies/new", "/my/copies/new"),
        (f"{address}/file", f"{address}?signed-in%3Danew"),
    ):
        sent = world.browser.get(path)
        assert sent.status_code == 302
        assert "step-up=1" in sent.headers["Location"]
        assert sent.headers["Location"].endswith(f"back={back}")
    sent = world.browser.post("/my/copies", data={"parts": ALL, "period": "ever"})
    assert sent.headers["Location"].endswith("back=/my/copies/new")
    assert world.row(address).state is State.READY
    assert world.browser.post(f"{address}/stop").status_code == 303, "stopping needs none"


def test_nobody_else_obtains_it_and_a_foreign_id_answers_as_a_random_one(
    world: World,
    signed_in: SignInAs,
    officer_in: Callable[[Officer], FlaskClient],
) -> None:
    world.body("clinic")
    address = world.made()
    body = make.body()
    with world.sessions.writing() as session:
        session.add(body)
    random = f"/my/copies/{uuid4().hex}"
    other = signed_in(make.citizen())
    for end in ("", "/file", "/progress"):
        foreign, none = answer(other, address + end), answer(other, random + end)
        assert foreign[0] == none[0] == 404
        assert unmarked(foreign[1], address) == unmarked(none[1], random)
    assert answer(other, f"{address}/stop", method="POST")[0] == 404
    strangers = world.app.test_client().get(f"{address}/file")
    assert strangers.headers["Location"].startswith("/sign-in?")
    assert officer_in(make.officer(body)).get(f"{address}/file").status_code == 403
    assert world.row(address).state is State.READY


def unmarked(page: bytes, address: str) -> list[bytes]:
    """Without what differs between any two answers: the nonce, and the address that was asked."""
    lines = page.replace(address.encode(), b"").splitlines()
    return [line for line in lines if b"nonce=" not in line]


@pytest.mark.parametrize("name", ["x", "0" * 31, "0" * 33, "G" * 32, "0" * 64, "%00" * 32])
def test_what_is_no_id_is_not_found(world: World, name: str) -> None:
    assert world.browser.get(f"/my/copies/{name}").status_code == 404


def test_a_file_that_was_changed_is_no_download(world: World) -> None:
    world.body("clinic")
    address = world.made()
    (path,) = world.store.iterdir()
    sealed = bytearray(path.read_bytes())
    sealed[100] ^= 1
    path.write_bytes(sealed)
    response = world.browser.get(f"{address}/file")
    assert response.status_code == 503
    assert world.row(address).state is State.READY
    path.unlink()
    assert world.browser.get(f"{address}/file").status_code == 503


def test_a_copy_is_sealed_for_its_own_row(world: World, signed_in: SignInAs) -> None:
    """Whoever can write the database cannot hand one's copy to another."""
    world.body("clinic")
    mine = world.row(world.made())
    other = make.citizen()
    browser = signed_in(other)
    theirs = asked(browser, parts=["links"], period="ever")
    work(world.app)
    with world.sessions.writing() as session:
        session.execute(
            update(Export).where(Export.citizen_id == other.id).values(stored_as=mine.stored_as)
        )
    assert browser.get(f"{theirs}/file").status_code == 503


def test_the_key_does_not_lie_beside_the_copies(world: World) -> None:
    world.body("clinic")
    world.made()
    keys = Path(world.app.extensions["settings"].keys_folder)
    assert (keys / EXPORTS_FILE).exists()
    assert world.stored() != []
    assert not any(path.suffix == ".json" for path in world.store.iterdir())


def test_who_signed_in_anew_is_told_that_they_can_download(world: World) -> None:
    world.body("clinic")
    address = world.made()
    told = "You are signed in anew. You can download your copy now."
    page = Page.get(world.browser, address)
    assert told not in page.main
    assert "If you signed in more than 5 minutes ago, you sign in once more first." in page.main
    assert "/verify" in page.links()
    assert back_from_sign_in(world, address) == address
    assert told in Page.get(world.browser, address).main
    assert told not in Page.get(world.browser, address).main, "it is said once"
    assert world.browser.post(f"{address}/stop").status_code == 303
    back_from_sign_in(world, address)
    assert told not in Page.get(world.browser, address).main


def back_from_sign_in(world: World, address: str) -> str:
    """Where the page leads to which the sign-in leads back."""
    response = world.browser.get(f"{address}?signed-in=anew")
    assert response.status_code == 302
    return str(response.headers["Location"])
