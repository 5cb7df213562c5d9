"""Take a filter or guard out of this process: the module's own functions get the code without it.

What stands outside of functions is made anew from the changed source, guards and scopes in place.
"""

import ast
import functools
import gc
import importlib
import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.isolation.sites import Site, without


class NotChangedError(Exception):
    """The site lies where this does not reach."""


def take_out(site: Site) -> None:
    """Raises ``NotChangedError``."""
    module = importlib.import_module(site.module)
    code = compile(site.source, str(site.file), "exec", dont_inherit=True)
    if site.where:
        if not swap(site.file, code):
            raise NotChangedError(site.key)
    elif ".before_request(" in site.before:
        _let_in(module, site)
    elif site.before.startswith("needs("):
        _widen(module, site)
    else:
        _make_anew(module, site, code, site.source)
    forget()


def take_all_out(filters: Iterable[Site]) -> int:
    """Each of them at once; gives how many. Raises ``NotChangedError``."""
    found = list(filters)
    modules = {site.file: importlib.import_module(site.module) for site in found}
    gc.unfreeze()  # what was imported before the tests began is looked through as well
    ours = _functions()
    for file, of_file in groupby(found, lambda site: site.file):
        some = list(of_file)
        source = without(some)
        code = compile(source, str(file), "exec", dont_inherit=True)
        changed = _put(ours[str(file)], code)
        for site in some:
            if not site.where:
                _make_anew(modules[file], site, code, source)
            elif not any(f"{site.where}.".startswith(f"{name}.") for name in changed):
                raise NotChangedError(site.key)
    forget()
    return len(found)


def swap(file: Path, code: CodeType) -> bool:
    """Whoever holds one of the module's functions runs the changed code from now on; whether
    anybody does."""
    return bool(_put(_functions()[str(file)], code))


def _functions() -> dict[str, list[FunctionType]]:
    """Each function there is, by the file that it comes from."""
    found = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType):
            found[each.__code__.co_filename].append(each)
    return found


def _put(functions: Iterable[FunctionType], code: CodeType) -> set[str]:
    """These functions of one module run the changed code from now on; gives which are others."""
    wanted = {(each.co_qualname, each.co_firstlineno): each for each in _codes(code)}
    changed = set()
    for each in functions:
        new = wanted.get((each.__code__.co_qualname, each.__code__.co_firstlineno))
        if new is not None and new.co_freevars == each.__code__.co_freevars:
            if new != each.__code__:
                changed.add(new.co_qualname.replace(".<locals>", ""))
            each.__code__ = new
    return changed


def _codes(code: CodeType) -> list[CodeType]:
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return [code, *(one for each in inner for one in _codes(each))]


def _let_in(module: ModuleType, site: Site) -> None:
    """The blueprint's guard is gone from portals that are made from now on."""
    name = site.before.partition(".")[0]
    blueprint: Any = getattr(module, name)
    guards = blueprint.before_request_funcs[None]
    text = site.file.read_bytes()
    before = text[: site.start].count(f"\n{name}.before_request(".encode())
    assert len(guards) == text.count(f"\n{name}.before_request(".encode()), site.key
    guards[before] = lambda: None


def _widen(module: ModuleType, site: Site) -> None:
    """The view asks for another scope."""
    tree = ast.parse(site.file.read_text())
    line = site.file.read_bytes()[: site.start].count(b"\n") + 1
    [view] = [
        each.name
        for each in tree.body
        if isinstance(each, ast.FunctionDef)
        and any(one.lineno <= line <= (one.end_lineno or 0) for one in each.decorator_list)
    ]
    scopes = type(getattr(module, view).scope)
    getattr(module, view).scope = scopes[site.after.rpartition(".")[2].rstrip(")")]


def _make_anew(module: ModuleType, site: Site, code: CodeType, source: str) -> None:
    """The names that the statement with the site gives, from the changed source."""
    line = site.file.read_bytes()[: site.start].count(b"\n") + 1
    made: dict[str, Any] = {"__name__": module.__name__, "__file__": str(site.file)}
    exec(code, made)  # noqa: S102 - the portal's own source
    names = {
        target.id
        for each in ast.parse(source).body
        if isinstance(each, ast.Assign | ast.AnnAssign)
        and each.lineno <= line <= (each.end_lineno or 0)
        for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
        if isinstance(target, ast.Name)
    }
    if not names:
        raise NotChangedError(site.key)
    for name in names:
        before = getattr(module, name)
        for other in list(sys.modules.values()):
            if getattr(other, name, None) is before:
                setattr(other, name, made[name])


def forget() -> None:
    """What was built once and kept is built anew."""
    for each in gc.get_objects():
        ours = str(getattr(each, "__module__", "")).startswith("citizen_portal")
        if isinstance(each, functools._lru_cache_wrapper) and ours:
            each.cache_clear()
