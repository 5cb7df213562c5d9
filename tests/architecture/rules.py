"""Rules of our own that no linter knows: each is given a module and names what breaks it, and why.

A way round one is on its list, with the reason, or there is none.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from citizen_portal.db import Base, OwnedByCitizen

Found = Iterator[ast.AST]
WORKER = "the worker, for each citizen in turn or by date"
OF_BODY = "by the body that asks, and only its own"
ANY_CITIZEN = {
    "access/actions/answers.py:forget_expired": WORKER,
    "identity/actions/sessions.py:forget_sessions": WORKER,
    "identity/actions/visits.py:forget_visits": WORKER,
    "news/actions/naming.py:forget_asked": WORKER,
    "exports/actions/making.py:note_progress": WORKER,
    "exports/queries.py:may_ask": WORKER,
    "exports/queries.py:kept_names": WORKER,
    "preferences/actions/sending.py:hear": WORKER,
    "preferences/queries/following.py:changed": WORKER,
    "questions/actions/spreading.py:send_some": WORKER,
    "questions/actions/spreading.py:hear": WORKER,
    "questions/actions/telling.py:send_some": WORKER,
    "demo/chosen.py:_answer": "the demo's bodies, before anybody came",
    "preferences/actions/recovering.py:end": OF_BODY,
    "preferences/actions/sending.py:note_read": OF_BODY,
    "preferences/queries/bodies.py:_counts": OF_BODY,
    "preferences/queries/checking.py:_told_no": OF_BODY,
    "preferences/queries/feed.py:changes": OF_BODY,
    "preferences/queries/feed.py:current": OF_BODY,
    "preferences/queries/feed.py:of_body": OF_BODY,
    "questions/actions/spreading.py:note_read": OF_BODY,
    "questions/queries/corrections.py:_found": OF_BODY,
    "questions/queries/corrections.py:made_by": OF_BODY,
    "questions/queries/corrections.py:listed": OF_BODY,
    "questions/queries/corrections.py:told_to": OF_BODY,
    "questions/queries/held.py:_one": OF_BODY,
}
"""Functions that ask a table of citizens for more than one of them."""
OWN_CLIENTS = ("fetch/", "identity/remote/wire.py", "identity/remote/provider.py", "demo/")
"""Where a call goes out: checked addresses, limits and times stand there. The demo is not ours to
protect: its bodies call each other on one machine."""
CLIENTS = {"aiohttp", "httpx", "requests", "urllib3", "urllib.request", "http.client", "pycurl"}
ASKED = {"request", "args", "form", "values", "headers", "cookies", "session", "environ", "files"}
"""What a request brings."""
NOT_AN_ISSUER = {"demo/body/choices.py": "a body's own keys of the one portal it belongs to"}


TO_ITS_END = {"True", "true()"}
VERBS = ("debug", "info", "warning", "warn", "error", "critical", "exception")
LOGGING = {f"{one}.{verb}" for one in ("log", "logger", "logging") for verb in VERBS}
WORDS_OF_A_FAULT = {"error", "str(error)", "repr(error)", "traceback.format_exc()"}
FIXED_WORDS = {"news/jobs.py": "NotSent says a word of a fixed list"}
HANDED_ON = {
    "exports/package/paper.py": "hands a fixed list of names on to a child",
    "metrics/shared.py": "tells a library the folder that settings name; it looks nowhere else",
}


@dataclass(frozen=True)
class Rule:
    """What must not be, why, and a sample that breaks it."""

    name: str
    why: str
    broken_by: Callable[[ast.Module, str], Found]
    sample: str
    at: str = "news/views/sample.py"


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def names(node: ast.AST) -> set[str]:
    """Names and attributes in an expression."""
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def owned() -> set[str]:
    mapped = (one.class_ for one in Base.registry.mappers)
    return {one.__name__ for one in mapped if issubclass(one, OwnedByCitizen)}


def unscoped(tree: ast.Module, path: str) -> Found:
    known = {
        one.asname or one.name: one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    }
    theirs = {alias for alias, name in known.items() if name in owned()}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or f"{path}:{function.name}" in ANY_CITIZEN:
            continue
        if {"citizen_id", "_mine"} & (names(function) | {one.arg for one in _arguments(function)}):
            continue
        for called, call in calls(function):
            asked = {name for one in call.args for name in names(one)}
            if called in {"select", "update", "delete"} and theirs & asked:
                yield call


def _arguments(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.args, *function.args.kwonlyargs]


def raw_client(tree: ast.Module, path: str) -> Found:
    if path.startswith(OWN_CLIENTS):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(one.name in CLIENTS for one in node.names):
            yield node
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if {module, module.partition(".")[0]} & CLIENTS:
            yield node


def redirect_from_request(tree: ast.Module, _: str) -> Found:
    """``own_path`` gives a path of this portal, whatever it is given."""
    for called, call in calls(tree):
        if called.rpartition(".")[2] == "redirect":
            for one in call.args[:1]:
                checked = isinstance(one, ast.Call) and ast.unparse(one.func) == "own_path"
                if "request" in names(one) and not checked:
                    yield call


def claims_without_issuer(tree: ast.Module, path: str) -> Found:
    for called, call in calls(tree):
        registry = called.endswith("ClaimsRegistry") and path not in NOT_AN_ISSUER
        if registry and not {"iss", None} & {one.arg for one in call.keywords}:
            yield call
        for one in call.keywords:
            if one.arg == "claims_options" and "'iss'" not in ast.unparse(one.value):
                yield call


def logged_request(tree: ast.Module, _: str) -> Found:
    """A single word of a request may be logged where a list of what is logged lets it through."""
    for called, call in calls(tree):
        if called in LOGGING:
            for one in [*call.args, *(each.value for each in call.keywords)]:
                asked = isinstance(one, ast.Name) and one.id in ASKED
                whole = isinstance(one, ast.Attribute) and one.attr in ASKED
                said = isinstance(one, ast.JoinedStr | ast.BinOp | ast.Call)
                if asked or whole or (said and ASKED & names(one)):
                    yield call


def setting_of_the_session(tree: ast.Module, _: str) -> Found:
    """A pooled connection would take it to the next request: only ``true`` ends it in time."""
    for called, call in calls(tree):
        sets = called.rpartition(".")[2] == "set_config"
        if sets and (len(call.args) != 3 or ast.unparse(call.args[2]) not in TO_ITS_END):
            yield call
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            said = " ".join(node.value.lower().split())
            if "set_config(" in said and not said.replace(" ", "").count(",true)"):
                yield node
            if said.startswith(("set session ", "set role ", "set app.")):
                yield node


def markup_of_text(tree: ast.Module, _: str) -> Found:
    """``Markup`` takes a constant, which it then fills with what it escapes."""
    for called, call in calls(tree):
        if called == "Markup" and isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
            yield call


def compared_by_time(tree: ast.Module, _: str) -> Found:
    """``hmac.compare_digest`` takes as long for any difference."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            for one in (node.left, *node.comparators):
                called = ast.unparse(one)
                if called.endswith(("hexdigest()", ".digest()")) or ".blind(" in called:
                    yield node


def time_of_its_own(tree: ast.Module, path: str) -> Found:
    if path == "clock.py" or path.startswith("demo/"):
        return
    for called, call in calls(tree):
        if called in {"datetime.now", "datetime.utcnow", "date.today", "time.time"}:
            yield call


def fault_that_is_hidden(tree: ast.Module, _: str) -> Found:
    """Whoever catches whatever comes says so: logs it, keeps it, or raises on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            if broad and all(isinstance(one, ast.Pass | ast.Continue) for one in node.body):
                yield node
        if isinstance(node, ast.Call) and ast.unparse(node).startswith("suppress(Exception"):
            yield node


def environment_of_its_own(tree: ast.Module, path: str) -> Found:
    """Settings are read in one place, where the unsafe ones are refused."""
    if path == "settings/__init__.py" or path.startswith("demo/") or path in HANDED_ON:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}:
            yield node


def exception_that_is_logged(tree: ast.Module, path: str) -> Found:
    """What an exception says may hold a value: its kind is logged, never its words."""
    for called, call in calls(tree):
        if called not in LOGGING:
            continue
        if called == "log.exception" or {"exc_info", "stack_info"} & {o.arg for o in call.keywords}:
            yield call
        for one in [*call.args, *(each.value for each in call.keywords)]:
            if ast.unparse(one) in WORDS_OF_A_FAULT and path not in FIXED_WORDS:
                yield call


RULES = [
    Rule(
        "unscoped query of a citizen's table",
        "whose rows it finds must stand in the query",
        unscoped,
        "from a import Choice\ndef f(s, one):\n    s.scalar(select(Choice).where(Choice.id == 1))",
    ),
    Rule("raw HTTP client", "calls go out through fetch", raw_client, "import requests"),
    Rule(
        "redirect from a request",
        "a link of somebody else's would lead away from here",
        redirect_from_request,
        "def f():\n    return redirect(request.args['next'])",
    ),
    Rule(
        "claims without an issuer",
        "a token of another issuer would be believed",
        claims_without_issuer,
        "wanted = JWTClaimsRegistry(aud={'value': 'us'})",
    ),
    Rule(
        "a request in the log",
        "it holds what people wrote, and secrets",
        logged_request,
        "def f():\n    log.info('asked', about=request.headers)",
    ),
    Rule(
        "setting that outlives its transaction",
        "the next user of the connection would have it",
        setting_of_the_session,
        "text(\"select set_config('app.citizen', :one, false)\")",
    ),
    Rule("markup of text", "it is not escaped", markup_of_text, "Markup(f'<b>{name}</b>')"),
    Rule(
        "comparison that takes its time",
        "how long it takes tells how much was right",
        compared_by_time,
        "good = hmac.new(key, said).hexdigest() == given",
    ),
    Rule("time of its own", "only clock.py reads the time", time_of_its_own, "datetime.now(UTC)"),
    Rule(
        "fault that is hidden",
        "nobody learns of it",
        fault_that_is_hidden,
        "try:\n    f()\nexcept Exception:\n    pass",
    ),
    Rule(
        "environment of its own",
        "settings.py reads it, and refuses what is unsafe",
        environment_of_its_own,
        "key = os.environ['KEY']",
    ),
    Rule(
        "exception in the log",
        "its words may hold a value",
        exception_that_is_logged,
        "try:\n    f()\nexcept ValueError as error:\n    log.error('failed', fault=str(error))",
    ),
]
