"""Where the portal says whose something is: each filter by its owner, and each guard at a door.

Each is one site. ``mutants.py`` takes one out at a time and looks whether anything notices.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import citizen_portal

OWNERS = frozenset({"citizen_id", "organisation_id"})
ROOT = Path(citizen_portal.__file__).parent
ELSEWHERE = frozenset({"demo"})
"""Invented bodies guard nothing of ours."""


@dataclass(frozen=True)
class Site:
    """One place in the code, and what stands there when its filter or guard is gone."""

    module: str
    file: Path
    where: str
    """The function that it is in, or ``""``."""
    before: str
    after: str
    number: int
    """Which of the same in this function."""
    start: int
    end: int

    @property
    def key(self) -> str:
        turn = f" #{self.number}" if self.number > 1 else ""
        return f"{self.module}:{self.where or '-'}: {' '.join(self.before.split())}{turn}"

    @property
    def guard(self) -> bool:
        """Whether it says who may come in, and not whose something is."""
        name = self.before.partition("(")[0].rpartition(".")[2]
        return name in {"before_request", "need_role", "needs"}

    @property
    def slice(self) -> str:
        return self.module.split(".")[1]

    @property
    def source(self) -> str:
        """The module without it."""
        return without([self])


def without(some: Iterable[Site]) -> str:
    """Their module without any of them, each line where it was."""
    found = sorted(some, key=lambda site: (site.start, -site.end))
    whole, at = found[0].file.read_bytes(), 0
    parts: list[bytes] = []
    for site in found:
        if site.start < at:
            continue  # inside one that is gone, which nobody looks into any more
        lines = b"\n" * site.before.count("\n")
        after = site.after.encode()
        parts += [whole[at : site.start], after[:-1], lines, after[-1:]]
        at = site.end
    return b"".join([*parts, whole[at:]]).decode()


@cache
def sites() -> list[Site]:
    """In the order of the files."""
    found: list[Site] = []
    for file in sorted(ROOT.rglob("*.py")):
        if not ELSEWHERE & set(file.relative_to(ROOT).parts):
            found += _of(file)
    return found


def _of(file: Path) -> Iterator[Site]:
    text = file.read_bytes()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    parts = ("citizen_portal", *file.relative_to(ROOT).with_suffix("").parts)
    module = ".".join(part for part in parts if part != "__init__")
    seen: Counter[tuple[str, str]] = Counter()
    for node, where in _walk(ast.parse(text), ""):
        after = _without(node)
        if after is None:
            continue
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        before = text[start:end].decode()
        seen[where, before] += 1
        yield Site(module, file, where, before, after, seen[where, before], start, end)


def _walk(node: ast.AST, where: str) -> Iterator[tuple[ast.expr, str]]:
    for child in ast.iter_child_nodes(node):
        inside = where
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inside = f"{where}.{child.name}".lstrip(".")
            for decorator in getattr(child, "decorator_list", ()):
                yield from ((e, where) for e in ast.walk(decorator) if isinstance(e, ast.expr))
            body = ast.Module(body=[*child.body], type_ignores=[])
            yield from _walk(body, inside)
            continue
        if isinstance(child, ast.expr):
            yield child, where
        yield from _walk(child, where)


def _without(node: ast.expr) -> str | None:
    """What to write in its place; none where it is neither a filter nor a guard."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(node.left, node.ops[0], node.comparators[0])
    if isinstance(node, ast.Call):
        return _called(node)
    return None


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> str | None:
    """A comparison that holds of whatever has an owner, and still reads the same names."""
    owner = left if _owns(left) else right if _owns(right) else None
    if owner is None or not isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
        return None
    said = ast.unparse(owner)
    other = ast.unparse(right if owner is left else left)
    same = "==" if isinstance(op, ast.Eq | ast.In) else "!="
    return f"({said} {same} ({other}, {said})[1])"


def _called(node: ast.Call) -> str | None:
    name = ast.unparse(node.func).rpartition(".")[2]
    match name:
        case "in_" if isinstance(node.func, ast.Attribute) and _owns(node.func.value):
            said = ast.unparse(node.func.value)
            return f"({said} == ({ast.unparse(node.args[0])}, {said})[1])"
        case "before_request" if not ast.unparse(node.func).startswith("app."):
            return f"{ast.unparse(node.func)}(lambda: None)"
        case "need_role":
            return f"({ast.unparse(node.args[0])}, None)[1]"
        case "needs" if node.args:
            said = ast.unparse(node.args[0])
            other = "AGREEMENTS" if not said.endswith(".AGREEMENTS") else "QUESTIONS"
            return f"{ast.unparse(node.func)}({said.rpartition('.')[0]}.{other})"
        case "get" | "get_one" if _by_owner(node):
            return _by_id(node)
    return None


def _owns(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in OWNERS


def _by_owner(node: ast.Call) -> bool:
    """``session.get(Model, (citizen_id, id))``."""
    key = node.args[1] if len(node.args) == 2 else None
    return isinstance(key, ast.Tuple) and len(key.elts) == 2 and "_id" in ast.unparse(key.elts[0])


def _by_id(node: ast.Call) -> str:
    model, key = ast.unparse(node.args[0]), node.args[1]
    assert isinstance(key, ast.Tuple)
    session = ast.unparse(node.func).rpartition(".")[0]
    ending = "one()" if ast.unparse(node.func).endswith("get_one") else "first()"
    name = ast.unparse(key.elts[1]).rpartition(".")[2]
    last = "id" if name.endswith("_id") else name
    wanted = f"{model}.{last} == ({ast.unparse(key)})[1]"
    return f"{session}.query({model}).filter({wanted}).{ending}"
