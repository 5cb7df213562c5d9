"""What the documents name is there, and nothing leans on papers that are not in the repository."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [ROOT / name for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md")] + DOCS
LINK = re.compile(r"\]\(([^)\s]+)\)")
TICKED = re.compile(r"`([^`\s]+)`")
FILE = re.compile(r"[\w.-]+(/[\w.-]+)+\.(py|yaml|yml|html|css|js|md|po|toml|sh|json|txt)")
FOLDER = re.compile(r"[\w.-]+(/[\w.-]+)*/")
ABSENT_PAPERS = re.compile(r"design §|style rule|mock-?up", re.IGNORECASE)
TEXTS = {".py", ".html", ".md", ".yaml", ".css", ".js", ".toml"}
SEARCHED = ("citizen_portal", "templates", "static", "migrations", "docs", "tests", "deploy")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = [link.partition("#")[0] for link in LINK.findall(page.read_text())]
    relative = [link for link in links if link and "://" not in link]
    assert [link for link in relative if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_path_that_is_named_is_there(page: Path) -> None:
    named = [text for text in TICKED.findall(page.read_text()) if is_path(text)]
    near = (ROOT, page.parent, ROOT / "citizen_portal" / "data")
    assert [path for path in named if not any((at / path).exists() for at in near)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_table_has_two_rows_for_the_same(page: Path) -> None:
    for table in tables(page):
        first = [row.split("|")[1].strip() for row in table]
        assert sorted(first) == sorted(set(first))


def tables(page: Path) -> Iterator[list[str]]:
    """The lines of each table."""
    for is_row, lines in groupby(page.read_text().splitlines(), lambda line: line[:1] == "|"):
        if is_row:
            yield list(lines)


def is_path(text: str) -> bool:
    """A file with a folder before it, or a folder with a slash behind it."""
    return bool(FILE.fullmatch(text) or FOLDER.fullmatch(text))


def test_no_file_leans_on_papers_that_are_not_here() -> None:
    leaning = {name_of(file) for file in sources() if ABSENT_PAPERS.search(file.read_text())}
    assert leaning == set()


def sources() -> Iterator[Path]:
    yield from (page for page in PAGES if page.parent == ROOT)
    for folder in SEARCHED:
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in TEXTS and file != Path(__file__):
                yield file
