"""The image and the containers of ``deploy/``: not root, nothing written, no tag that moves, and
commands that there are. No container is run here."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from citizen_portal.cli import main
from citizen_portal.serving.commands import serve
from citizen_portal.serving.server import MEMORY
from citizen_portal.settings import Settings
from tests.serving.proxy import CONF, DEPLOY

ROOT = DEPLOY.parent
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
MANY = (ROOT / "docs/deploy-many.md").read_text()
FIXED = re.compile(r"[a-z-]+:\d+\.\d+\.?\d*(-\w+)*")
OURS = ("web", "worker", "owner")


def lines(word: str) -> list[str]:
    return re.findall(rf"^ *{word} +(.*)$", DOCKERFILE, re.M)


def test_the_image_is_not_root_and_says_that_it_lives() -> None:
    (user,) = lines("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    last = DOCKERFILE.rindex("\nFROM ")
    assert DOCKERFILE.index("\nUSER") > last
    assert "/healthz" in lines("HEALTHCHECK")[0]
    assert f"-u {user.split(':')[0]}" not in MANY
    assert f"-o {user.split(':')[0]}" in MANY


def test_no_tag_moves_and_each_library_is_locked() -> None:
    images = [one.split()[0] for one in lines("FROM")]
    images += [one["image"] for one in COMPOSE["services"].values()]
    assert [one for one in images if not FIXED.fullmatch(one)] == []
    installs = [one for one in lines("RUN") if "pip install" in one]
    assert len(installs) == 2
    for one in installs:
        assert "--require-hashes" in one or "--no-deps ." in one


def test_what_is_copied_into_it_is_there_and_nothing_else_is_sent() -> None:
    sent = (ROOT / ".dockerignore").read_text().splitlines()
    assert sent[1] == "*"
    wanted = [one.removeprefix("!") for one in sent if one.startswith("!")]
    assert [one for one in wanted if not (ROOT / one).exists()] == []
    assert not {"deploy", "tests", ".git"}.intersection(wanted)
    for source, *_ in [one.split() for one in lines("COPY") if not one.startswith("--from")]:
        assert (ROOT / source).exists()


def test_its_commands_are_those_of_the_portal() -> None:
    (entry,), given = map(json.loads, lines("ENTRYPOINT")), json.loads(lines("CMD")[-1])
    assert entry == ["citizen-portal"]
    for command in (given, *(COMPOSE["services"][name].get("command") for name in OURS[:2])):
        assert command[0] in main.commands
    with serve.make_context("serve", COMPOSE["services"]["web"]["command"][1:]) as context:
        stop = int(COMPOSE["services"]["web"]["stop_grace_period"].removesuffix("s"))
        assert stop > context.params["grace"]


@pytest.mark.parametrize("name", OURS)
def test_each_container_of_ours_may_do_little(name: str) -> None:
    one = COMPOSE["services"][name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in one
    assert "privileged" not in one
    writes = [volume for volume in one["volumes"] if not volume.endswith(":ro")]
    assert bool(writes) is (name == "owner"), "who makes keys writes them"
    assert ("held_key" in str(one["secrets"])) is (name == "worker")


def test_what_can_be_written_is_memory_and_the_page_names_it() -> None:
    for name in OURS:
        places = [one.split(":")[0] for one in COMPOSE["services"][name]["tmpfs"]]
        for place in (*places, str(MEMORY)):
            assert f"`{place}`" in MANY


def test_the_image_bears_the_version_of_the_portal() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    texts = ((DEPLOY / "Dockerfile").read_text(), (DEPLOY / "compose.yaml").read_text(), MANY)
    for text in texts:
        assert set(re.findall(r"citizen-portal:([\w.]+)", text)) == {version}


def test_a_summary_on_paper_can_be_made_there() -> None:
    """On one server too: the same packages of Debian, and the library with the others."""
    one, more = ((ROOT / f"docs/{name}.md").read_text() for name in ("deploy", "operations"))
    wanted = {"libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core"}
    for text in (DOCKERFILE, one, more):
        assert set(re.findall(r"libpango[\w.-]+|libharf[\w-]+|fonts-[\w-]+", text)) == wanted
    assert re.search(r"^weasyprint==", (DEPLOY / "requirements.lock").read_text(), re.M)


def test_secrets_are_files_that_the_portal_reads() -> None:
    known = {f"portal_{name}" for name in Settings.model_fields}
    for name in OURS:
        targets = {one["target"] for one in COMPOSE["services"][name]["secrets"]}
        assert targets - known <= {"held.private.json"}
        for setting in COMPOSE["services"][name].get("environment", {}):
            assert setting.lower() in known
    assert "PASSWORD:" not in (DEPLOY / "compose.yaml").read_text()


def test_the_pages_say_what_there_is() -> None:
    """Each command of the pages is one of ours, and what is replaced stands in the file."""
    ways = (
        r"docker compose (?:run --rm owner|exec web citizen-portal) (.+)$",
        r"`citizen-portal ((?!-)[\w ]+)`",
    )
    found = [said for way in ways for said in re.findall(way, MANY, re.M)]
    assert len(found) > 4
    for said in found:
        command: Any = main
        for word in shlex.split(said):
            command = command.commands[word]
    (replaced,) = re.findall(r"s\|([^|]+)\|web:8000\|", MANY)
    assert f"server {replaced};" in CONF
    named = set(re.findall(r"PORTAL_[A-Z_]+", MANY)) - {"PORTAL_SECRETS_FOLDER"}
    assert {one.removeprefix("PORTAL_").lower() for one in named} <= set(Settings.model_fields)
    for link in re.findall(r"\]\(([\w.-]+)\)", MANY):
        assert Path(ROOT / "docs" / link).exists()
