"""Register files with faults: each fault is named with file, line and field, and no value."""

import json
import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Agreement
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.models import Organisation
from tests.agreements import files

SECRET = "Canary Value"
FAULTY = f"""organisations:
  - slug: giver
    kind: {SECRET}
    nmae: {{en: {SECRET}}}
    official_name: {{en: "Agency"}}
    short_name:
      en: A name that is far too long for any picture
    code: {{scheme: sample, value: 7}}
agreements:
  - reference: DSA-0001
    title: {{en: "A title"}}
    stage: service_delivery
    what: {{en: "What"}}
    purpose: {{en: "Why"}}
    disclosed: {{en: "Which"}}
    choice: none
    starts: 2026-13-01
    retention: two years
    powers: [unknown-power]
    disclosers: [{{organisation: stranger}}]
    trust:
      value.nothing: {{text: {{en: "An answer"}}}}
"""


def refused(app: Flask, *paths: Path) -> list[str]:
    """The faults of these files, of which nothing is imported and no value repeated."""
    result = files.run(app, "import", *paths)
    assert result.exit_code == 1
    assert SECRET not in result.output
    *faults, last = result.stderr.splitlines()
    assert last.endswith("nothing was changed.")
    with app.extensions["sessions"].reading() as session:
        for table in (Organisation, Agreement, AuditEntry):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    validated = files.run(app, "validate", *paths)
    assert validated.exit_code == 1
    assert validated.stderr.splitlines()[:-1] == faults
    return faults


def test_each_fault_of_a_yaml_file_has_its_own_line(app: Flask, tmp_path: Path) -> None:
    file = files.write(
        tmp_path,
        FAULTY,
        "register.yaml",
    )
    assert refused(app, file) == [
        f"{file}:{line}"
        for line in (
            "2: organisations[0].name: is needed",
            "3: organisations[0].kind: must be one of 'department', 'agency', 'council', 'health',"
            " 'education', 'police', 'regulator', 'devolved', 'other-public', 'private-recipient'"
            " or 'processor'",
            "4: organisations[0].nmae: is not a field of this format",
            "7: organisations[0].short_name.en: may have at most 24 characters",
            "8: organisations[0].code.value: must be a text; put it in quotes",
            "17: agreements[0].starts: must be a date that exists",
            "18: agreements[0].retention: must be an ISO 8601 duration in years, months, weeks or"
            " days, as P2Y",
            "19: agreements[0].powers[0]: names a legal power that is not known",
            "20: agreements[0].disclosers[0].organisation: names an organisation that is not known",
            "22: agreements[0].trust.value.nothing: is not a question of the trust matrix",
        )
    ]


def test_lines_of_json_are_real_ones(app: Flask, tmp_path: Path) -> None:
    content = files.whole()
    content["rules"].append(files.rule(source="nowhere", valid_from=0))
    file = files.write(tmp_path, content)
    lines = file.read_text().splitlines()
    for fault in refused(app, file):
        line = int(fault.removeprefix(f"{file}:").split(":")[0])
        assert "nowhere" in lines[line - 1] or '"valid_from": 0' in lines[line - 1]


HOSTILE = {
    "nothing": b"",
    "only a comment": b"# nothing\n",
    "a text": b"Canary Value",
    "a number": b"7",
    "a list": b"[1, 2]",
    "not UTF-8": b"agreements:\n  - title: \xff\xfe Canary Value\n",
    "UTF-16": "agreements: []".encode("utf-16"),
    "a NUL": b"agreements:\n  - title: Canary Value\x00\n",
    "a control character": b"agreements:\n  - title: Canary Value\x07\n",
    "an alias bomb": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "an anchor": b"organisations: &o []\n",
    "a merge": b"organisations:\n  - {<<: {slug: a}}\n",
    "an object tag": b"organisations: !!python/object/apply:os.system ['Canary Value']\n",
    "a tag": b"organisations: !mine []\n",
    "two documents": b"organisations: []\n---\norganisations: []\n",
    "a key twice": b"organisations: []\norganisations: []\n",
    "a list as key": b"? [a, b]\n: c\n",
    "deep nesting": b"organisations: " + b"[" * 5000 + b"]" * 5000,
    "broken YAML": b"organisations:\n  - {slug: a\n",
    "a tab": b"organisations:\n\t- slug: a\n",
    "an unknown list": b"Canary Value: []\n",
    "a mapping for a list": b"organisations: {slug: a}\n",
    "texts for entries": b"organisations: [Canary Value]\n",
    "null lists": b"organisations:\n",
}
HOSTILE_JSON = {
    "a key twice": b'{"organisations": [], "organisations": []}',
    "NaN": b'{"organisations": [NaN]}',
    "Infinity": b'{"organisations": [-Infinity]}',
    "deep nesting": b'{"organisations": ' + b"[" * 100_000,
    "a trailing comma": b'{"organisations": [],}',
    "more after the end": b"{} {}",
    "an open text": b'{"organisations',
    "an unknown escape": b'{"organisations": "\\x41"}',
    "single quotes": b"{'organisations': []}",
    "a missing colon": b'{"organisations" []}',
    "nothing": b"",
    "half a pair": b'{"organisations": ["\\ud800"]}',
    "half a pair as key": b'{"\\ud800": []}',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_yaml_is_refused_with_a_line(app: Flask, tmp_path: Path, content: bytes) -> None:
    file = files.write(tmp_path, content, "register.yaml")
    for fault in refused(app, file):
        assert fault.startswith(f"{file}:")


@pytest.mark.parametrize("content", HOSTILE_JSON.values(), ids=HOSTILE_JSON.keys())
def test_hostile_json_is_refused_with_a_line(app: Flask, tmp_path: Path, content: bytes) -> None:
    file = files.write(tmp_path, content)
    for fault in refused(app, file):
        assert fault.startswith(f"{file}:")


def test_a_file_that_is_too_large_or_is_not_there_is_refused(app: Flask, tmp_path: Path) -> None:
    large = files.write(tmp_path, b"#" * 33_000_000, "large.yaml")
    assert refused(app, large) == [f"{large}:1: file: the file is larger than 32 MB"]
    gone = tmp_path / "gone.yaml"
    assert refused(app, gone) == [f"{gone}:1: file: the file cannot be opened"]
    assert refused(app, tmp_path) == [f"{tmp_path}:1: file: the file cannot be opened"]


def test_a_pipe_is_refused_and_not_waited_for(app: Flask, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert refused(app, pipe) == [f"{pipe}:1: file: the file cannot be opened"]


def test_a_member_that_is_passed_over_may_not_be_deep_either(app: Flask, tmp_path: Path) -> None:
    said = {"id": "ISA-0001", "name": "x", "purpose": "x", "disclosed_information": "x"}
    text = json.dumps({"data": said | {"more": "DEEP"}}).replace('"DEEP"', "[" * 40 + "]" * 40)
    file = files.write(tmp_path, text)
    assert refused(app, file) == [f"{file}:1: file: is nested too deeply"]


VALUES = {
    "a script as address": ("website", "javascript:alert(1)"),
    "a user in an address": ("website", "https://user:word@example.org"),
    "an address without host": ("website", "https:///path"),
    "an address with a quote": ("website", 'https://example.org/"onclick="x'),
    "an address with a bad port": ("website", "https://example.org:x"),
    "a turned text": ("name", {"en": "safe \u202e txt.exe"}),
    "a control character": ("name", {"en": "bell \u0007"}),
    "a space that cannot be seen": ("name", {"en": "Benefits\u200bOffice"}),
    "a line separator": ("name", {"en": "Benefits\u2028Office"}),
    "a code with a space before it": ("code", {"scheme": "sample", "value": " GIVER"}),
    "a code in wide letters": ("code", {"scheme": "sample", "value": "\uff11"}),
    "an empty text": ("name", {"en": "  "}),
    "a number for a text": ("name", {"en": 7}),
    "a list for a text": ("name", {"en": ["a"]}),
    "half a pair": ("name", {"en": "\ud800"}),
    "a long text": ("contact", "x" * 8001),
    "a slug with a slash": ("slug", "../etc"),
    "a slug with a line end": ("slug", "giver\n"),
}


@pytest.mark.parametrize(("field", "value"), VALUES.values(), ids=VALUES.keys())
def test_hostile_values_are_refused(app: Flask, tmp_path: Path, field: str, value: object) -> None:
    entry = files.organisation("giver") | {field: value}
    file = files.write(tmp_path, {"organisations": [entry]})
    [fault] = refused(app, file)
    assert f": organisations[0].{field}" in fault


@pytest.mark.parametrize("written", ["0", "20260101", "2026-1-1", "2026-01-01T10:00", "true"])
def test_a_date_is_written_as_a_date(app: Flask, tmp_path: Path, written: str) -> None:
    content = files.whole(agreements=[files.agreement(starts="DATE")])
    file = files.write(tmp_path, content)
    file.write_text(file.read_text().replace('"DATE"', f'"{written}"'))
    [fault] = refused(app, file)
    assert "agreements[0].starts: must be a date" in fault


@pytest.mark.parametrize("written", ["1e999", "-1e999", "9" * 400, '"nan"', '"Infinity"'])
def test_a_number_must_be_finite(app: Flask, tmp_path: Path, written: str) -> None:
    measure = {"id": "m", "what": {"en": "x"}, "promised": {"en": "y"}, "target": "NUMBER"}
    content = files.whole(agreements=[files.agreement(measures=[measure])])
    file = files.write(tmp_path, content)
    file.write_text(file.read_text().replace('"NUMBER"', written))
    [fault] = refused(app, file)
    assert "agreements[0].measures[0].target: must be a number" in fault


def test_names_are_checked_across_files(app: Flask, tmp_path: Path) -> None:
    first = files.write(tmp_path, files.whole(), "first.json")
    again = {
        "organisations": [files.organisation("giver", code={"scheme": "sample", "value": "X"})],
        "agreements": [files.agreement(powers=["dea-35"])],
        "rules": [files.rule(), files.rule(agreement="DSA-0009")],
    }
    second = files.write(tmp_path, again, "second.json")
    faults = [fault.removeprefix(f"{second}:") for fault in refused(app, first, second)]
    assert [fault.partition(": ")[2].partition("; ")[0] for fault in faults] == [
        "organisations[0].slug: is given twice",
        "agreements[0].reference: is given twice",
        "rules[0]: is given twice",
        "rules[1].agreement: names an agreement that is not known",
    ]
    assert f"the first is at {first}:" in faults[0]


def test_a_code_belongs_to_one_organisation(app: Flask, tmp_path: Path, session: Session) -> None:
    code = {"scheme": "sample", "value": "SAME"}
    both = [files.organisation("giver", code=code), files.organisation("taker", code=code)]
    file = files.write(tmp_path, {"organisations": both})
    [fault] = refused(app, file)
    assert fault.endswith("organisations[1].code: is the code of another organisation")
    files.bring_in(app, tmp_path, {"organisations": both[:1]})
    result = files.run(app, "import", files.write(tmp_path, {"organisations": both[1:]}))
    assert result.exit_code == 1
    assert "is the code of another organisation" in result.stderr


def test_codes_may_be_swapped_in_one_import(app: Flask, tmp_path: Path) -> None:
    one, two = {"scheme": "s", "value": "1"}, {"scheme": "s", "value": "2"}
    files.bring_in(app, tmp_path, {"organisations": [files.organisation("a", code=one)]})
    moved = [files.organisation("a", code=two), files.organisation("b", code=one)]
    files.bring_in(app, tmp_path, {"organisations": moved})


def test_words_that_other_readers_take_for_yes_or_no_stay_words(app: Flask, tmp_path: Path) -> None:
    text = """agreements:
  - reference: DSA-0001
    title: {en: no}
    stage: exploration
    what: {en: 'yes'}
    purpose: {en: on}
    disclosed: {en: off}
    choice: none
    opt_out: {applies: no, reason: {en: It holds counts.}}
"""
    result = files.run(app, "import", files.write(tmp_path, text, "register.yml"))
    assert result.exit_code == 0, result.output
