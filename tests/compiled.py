"""What is compiled once for all portals of a process."""

from collections.abc import Callable
from types import CodeType
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule


class KeptTemplates(BytecodeCache):
    """The code of templates, by their place and by what is written in them."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._codes[bucket.key, bucket.checksum] = bucket.code


def kept_rules(compile_: Callable[[Rule], None]) -> Callable[[Rule], None]:
    """Werkzeug's ``Rule.compile``, but for rules that have been compiled before."""
    compiled: dict[str, Rule] = {}

    def once(rule: Rule) -> None:
        assert rule.map is not None
        told = (rule.rule, rule.host, rule.subdomain, rule.map.host_matching, rule.defaults)
        key = repr((*told, rule.merge_slashes, rule.is_leaf, rule.websocket))
        like = compiled.get(key)
        if like is None:
            compile_(rule)
            compiled[key] = rule
            return
        rule._parts, rule._trace, rule._converters = like._parts, like._trace, like._converters
        rule.arguments = set(like.arguments)
        rule._build = like._build.__func__.__get__(rule)  # type: ignore[attr-defined]
        rule._build_unknown = like._build_unknown.__func__.__get__(rule)  # type: ignore[attr-defined]

    return once


def kept_statements(make: Callable[..., Engine]) -> Callable[..., Engine]:
    """``create_engine``, but that engines of SQLite share what they compiled of statements."""
    compiled: LRUCache[Any, Any] = LRUCache(5000)

    def engine(url: str, **options: Any) -> Engine:
        made = make(url, **options)
        if made.dialect.name == "sqlite":
            made._compiled_cache = Shared(compiled)  # type: ignore[assignment]
        return made

    return engine


class Shared:
    """SQLAlchemy's cache of one engine, whose keys begin with the dialect of that engine."""

    def __init__(self, compiled: LRUCache[Any, Any]) -> None:
        self._compiled = compiled

    def get(self, key: tuple[Any, ...]) -> Any:
        return self._compiled.get(key[1:])

    def __setitem__(self, key: tuple[Any, ...], statement: Any) -> None:
        self._compiled[key[1:]] = statement
