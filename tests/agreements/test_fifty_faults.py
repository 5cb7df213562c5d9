"""A file with fifty faults: each is told by line and field, and nothing at all is changed."""

import hashlib
import re
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from citizen_portal.db import Base
from tests.agreements import files

FAULTY = Path(__file__).parent / "fifty-faults.yaml"
TOLD = re.compile(r"(?<= # )[a-z_]+\[\d+\].*$")


def expected() -> list[tuple[int, str, str]]:
    """Line, field and the beginning of what is said, as the file's own comments have it."""
    found = []
    for line, text in enumerate(FAULTY.read_text().splitlines(), 1):
        for told in TOLD.findall(text):
            for each in told.split(" | "):
                field, _, what = each.partition(": ")
                found.append((line, field, what))
    return found


def told(stderr: str) -> list[tuple[int, str, str]]:
    found = []
    for fault in stderr.splitlines()[:-1]:
        line, field, what = fault.removeprefix(f"{FAULTY}:").split(": ", 2)
        found.append((int(line), field, what))
    return found


def checksums(app: Flask) -> dict[str, str]:
    """Of each table, the sum of its rows in a fixed order."""
    with app.extensions["sessions"].reading() as session:
        return {
            table.name: hashlib.sha256(
                "\n".join(sorted(map(repr, session.execute(select(table))))).encode()
            ).hexdigest()
            for table in Base.metadata.sorted_tables
        }


def test_fifty_faults_are_told_by_line_and_field_and_change_nothing(
    app: Flask, tmp_path: Path
) -> None:
    files.bring_in(app, tmp_path, files.whole(agreements=[], rules=[], sources=[]))
    before = checksums(app)
    result = files.run(app, "import", FAULTY)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == "50 faults; nothing was changed."
    assert checksums(app) == before
    found = told(result.stderr)
    assert len(found) == 50
    wanted = sorted(expected())
    assert [fault[:2] for fault in found] == [fault[:2] for fault in wanted]
    for (*_, said), (*place, begins) in zip(found, wanted, strict=True):
        assert said.startswith(begins), place


def test_the_fifty_are_of_fifty_kinds_in_all_five_lists() -> None:
    kinds = {(re.sub(r"\[\d+\]", "[]", field), what) for _, field, what in expected()}
    assert len(kinds) == len(expected()) == 50
    lists = {field.partition("[")[0] for field, _ in kinds}
    assert lists == {"organisations", "sources", "legal_powers", "agreements", "rules"}


def test_the_checksum_sees_one_changed_row(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    before = checksums(app)
    files.bring_in(app, tmp_path, {"organisations": [files.organisation("giver", kind="council")]})
    changed = {name for name, digest in checksums(app).items() if digest != before[name]}
    assert {"organisation", "audit_entry"} <= changed
