"""The documents and data that go with the register."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from flask import Flask
from pydantic import BaseModel

from citizen_portal.agreements import queries
from citizen_portal.agreements.schemas import RegisterFile
from tests.agreements import files

DOCS = Path(__file__).parents[2] / "docs"


def models(start: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield start
    for info in start.model_fields.values():
        waiting = [info.annotation]
        while waiting:
            annotation = waiting.pop()
            waiting += get_args(annotation)
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                yield from models(annotation)


def test_every_field_of_a_register_file_is_explained() -> None:
    page = (DOCS / "register-format.md").read_text()
    fields = {field for model in models(RegisterFile) for field in model.model_fields}
    assert len(fields) > 60
    assert [field for field in sorted(fields) if f"`{field}`" not in page] == []


def test_the_example_can_be_imported(app: Flask, tmp_path: Path) -> None:
    example = (DOCS / "register-format.md").read_text().split("```yaml\n")[1].split("```")[0]
    result = files.run(app, "import", files.write(tmp_path, example, "example.yaml"))
    assert result.exit_code == 0, result.output


def test_every_question_is_explained_and_said_in_both_languages() -> None:
    page = (DOCS / "register-format.md").read_text()
    assert len(queries.themes()) == 5
    for theme in queries.themes():
        assert theme.title["cy"]
        for question in theme.questions:
            assert question.plain["en"]
            assert question.plain["cy"]
            assert f"`{question.id}`" in page


def test_reasons_in_law_are_said_in_both_languages() -> None:
    for words in queries.law("uk").grounds.values():
        assert words["en"]
        assert words["cy"]
    assert queries.law("nowhere").grounds == {}
