"""What is exported can be imported: into nothing it makes the same, into itself no change."""

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from click.testing import CliRunner
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select

from citizen_portal.agreements import schemas
from citizen_portal.agreements.commands import register
from citizen_portal.agreements.models import AgreementVersion
from citizen_portal.agreements.schemas.yaml_text import read_yaml
from citizen_portal.audit import AuditEntry
from citizen_portal.db import Sessions
from tests.agreements import files
from tests.agreements.registers import registers
from tests.databases import Databases, opened
from tests.thorough import times


@dataclass
class Portal:
    """A database, and the command to run on it."""

    sessions: Sessions

    def run(self, *arguments: object) -> str:
        parts = SimpleNamespace(settings=SimpleNamespace(region="uk"), sessions=self.sessions)
        given = [str(each) for each in arguments]
        result = CliRunner().invoke(register, given, obj=parts, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    def export(self, form: str) -> str:
        return self.run("export", "--format", form)


@settings(
    max_examples=times(15, 40),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(content=registers())
def test_a_register_goes_out_and_in_without_loss(
    databases: Databases, tmp_path: Path, content: dict[str, Any]
) -> None:
    with opened(databases) as sessions:
        first = Portal(sessions)
        first.run("import", files.write(tmp_path, content))
        texts = {form: first.export(form) for form in ("json", "yaml")}
        assert read_yaml(texts["yaml"]).value == json.loads(texts["json"])
        for form, text in texts.items():
            file = files.write(tmp_path, text, f"register.{form}")
            again = first.run("import", file)
            assert "1 added" not in again
            assert all(", 0 changed, " in line for line in again.splitlines())
            with opened(databases) as empty:
                other = Portal(empty)
                other.run("import", file)
                assert {form: other.export(form) for form in texts} == texts


def test_an_export_holds_the_newest_versions_in_a_fixed_order(app: Flask, tmp_path: Path) -> None:
    content = files.whole(
        agreements=[files.agreement("DSA-0002"), files.agreement("DSA-0001", powers=["dea-35"])],
        rules=[files.rule(action="z"), files.rule(action="a", published=False)],
    )
    files.bring_in(app, tmp_path, content)
    files.bring_in(app, tmp_path, {"agreements": [files.agreement("DSA-0002", title={"en": "B"})]})
    said = json.loads(files.run(app, "export", "--format", "json").stdout)
    assert list(said) == ["organisations", "sources", "legal_powers", "agreements", "rules"]
    assert [one["reference"] for one in said["agreements"]] == ["DSA-0001", "DSA-0002"]
    assert said["agreements"][1]["title"] == {"en": "B"}
    assert [one["action"] for one in said["rules"]] == ["a", "z"]
    assert said["rules"][0]["published"] is False
    assert schemas.RegisterFile.model_validate(said)


def test_every_version_can_be_written_as_lines(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    files.bring_in(app, tmp_path, {"agreements": [files.agreement(title={"en": "Later"})]})
    lines = files.run(app, "export", "--versions").stdout.splitlines()
    found = [json.loads(line) for line in lines]
    assert [(one["reference"], one["number"]) for one in found] == [
        ("DSA-0001", 1),
        ("DSA-0001", 2),
    ]
    assert found[1]["document"]["title"] == {"en": "Later"}
    assert found[1]["changed"][0] == "title"


def test_a_file_is_written_whole_in_the_form_of_its_name(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    for name, begins in (("out.json", "{"), ("out.yaml", "organisations:"), ("out", "organis")):
        result = files.run(app, "export", "-o", tmp_path / name)
        assert result.stderr == f"Wrote {tmp_path / name}.\n"
        assert (tmp_path / name).read_text().startswith(begins)
    assert not list(tmp_path.glob("*.part"))
    refused = files.run(app, "export", "-o", tmp_path / "nowhere" / "out.json")
    assert refused.exit_code == 1
    assert "No such file" in refused.stderr


def test_an_empty_register_is_a_file_that_can_be_imported(app: Flask, tmp_path: Path) -> None:
    for form in ("json", "yaml"):
        file = tmp_path / f"empty.{form}"
        files.run(app, "export", "-o", file)
        assert files.run(app, "import", file).exit_code == 0


def test_a_register_is_written_into_an_empty_folder(app: Flask, tmp_path: Path) -> None:
    many = [files.agreement(f"DSA-{n:04}") for n in range(1, 40)]
    files.bring_in_agreements(app, tmp_path, *many)
    folder = tmp_path / "out"
    folder.mkdir()
    assert files.run(app, "export", "-o", folder).exit_code == 0
    assert [file.name for file in folder.iterdir()] == ["register-001.yaml"]
    again = files.run(app, "import", *folder.iterdir())
    assert "agreements: 0 added, 0 changed, 39 unchanged" in again.stdout
    refused = files.run(app, "export", "-o", folder)
    assert refused.exit_code == 1
    assert "not empty" in refused.stderr


def lists(app: Flask) -> dict[str, list[dict[str, Any]]]:
    said: dict[str, Any] = json.loads(files.run(app, "export", "--format", "json").stdout)
    return said


def test_parts_of_a_register_are_together_the_whole(app: Flask, tmp_path: Path) -> None:
    many = [files.agreement(f"DSA-{n:04}") for n in range(1, 40)]
    files.bring_in_agreements(app, tmp_path, *many)
    whole = lists(app)
    parts, together = 0, {name: list[Any]() for name in whole}
    for part in schemas.shares(whole, 4000):
        parts += 1
        assert len("".join(schemas.text(part, "json"))) < 6000
        for name, entries in part.items():
            together[name] += entries
    assert together == whole
    assert parts > 3


def test_an_export_changes_nothing(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    files.run(app, "export")
    with app.extensions["sessions"].reading() as session:
        for table, count in ((AgreementVersion, 1), (AuditEntry, 1)):
            assert session.scalar(select(func.count()).select_from(table)) == count
