"""What the code does without, so that a whole kind of attack has nothing to aim at."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "citizen_portal"
SCRIPTS = [*sorted((ROOT / "static").glob("*.js")), PACKAGE / "exports/package/index.js"]
CIPHERS = {"Cipher", "AES", "CTR", "algorithms", "modes"}
"""Blocks of AES where a library has no whole: the key of one temporary file
(``exports/package/spool.py``), and names of accesses (``access/queries/ids.py``)."""
MADE_OF_BLOCKS = {PACKAGE / "exports/package/spool.py", PACKAGE / "access/queries/ids.py"}

FORMATS = {
    f"{name}.format"
    for name in (
        "WORDS.get(kind, OTHERWISE)",
        "REASONS.get(detail['type'], OTHERWISE)",
        "arrow",
        "link",
        "mark",
        "words",
        "told",
        "update",
    )
}
"""Names under which one of our own formats is held for a moment."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(tree(path)):
            yield path, node


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Each call as where it stands, what is called in dots, and the call."""
    for path, node in nodes():
        if isinstance(node, ast.Call):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", ast.unparse(node.func), node


def called(*names: str) -> list[str]:
    return [f"{place} {name}" for place, name, _ in calls() if name in names]


def imported() -> Iterator[tuple[Path, str]]:
    for path, node in nodes():
        if isinstance(node, ast.Import):
            yield from ((path, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((path, f"{node.module}.{one.name}") for one in node.names)


def test_no_code_is_made_of_text() -> None:
    made = called("eval", "exec", "compile", "__import__", "render_template_string")
    assert not made
    assert not [place for place, name, _ in calls() if name.endswith(".from_string")]


def test_no_text_of_others_is_a_format() -> None:
    """What is filled in is a constant, or one of those names, each of which holds a constant."""
    assert not [place for place, name, _ in calls() if name.endswith(".format_map")]
    for place, name, call in calls():
        if not name.endswith(".format") or not isinstance(call.func, ast.Attribute):
            continue
        kept = call.func.value
        constant = isinstance(kept, ast.Constant) or name.startswith(("Markup('", 'Markup("'))
        assert constant or name.removesuffix(".format").isupper() or name in FORMATS, (place, name)


def test_no_shell_runs() -> None:
    assert not called("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput")
    for place, name, call in calls():
        if not name.startswith(("subprocess.", "Popen")):
            continue
        assert not any(one.arg == "shell" for one in call.keywords), place
        assert not isinstance(call.args[0], ast.Constant | ast.JoinedStr), f"{place}: not a list"


def test_no_statement_is_put_together_from_text() -> None:
    """A statement in words is one constant, or comes from a table of constants of its module."""
    from_sqlalchemy = {path for path, name in imported() if name == "sqlalchemy.text"}
    assert from_sqlalchemy
    for place, name, call in calls():
        in_words = name == "text" and ROOT / place.partition(":")[0] in from_sqlalchemy
        if in_words or name in SQL or name.endswith((".exec_driver_sql", ".execute")):
            made = call.args and isinstance(call.args[0], ast.BinOp | ast.JoinedStr)
            assert not made or place.startswith(OF_NAMES), f"{place}: {ast.unparse(call.args[0])}"


SQL = {"sa.text", "sqlalchemy.text", "DDL"}
OF_NAMES = tuple(
    f"citizen_portal/{name}.py" for name in ("connections", "wall/patience", "wall/raising")
)
"""Statements of a database's own language, put together of names in the code."""


def test_patterns_are_constants() -> None:
    """What a pattern is put together of are constants of the module, or is escaped."""
    for place, name, call in calls():
        if not name.startswith("re.") or name == "re.escape":
            continue
        pattern = call.args[0]
        if isinstance(pattern, ast.JoinedStr):
            parts = [one.value for one in pattern.values if isinstance(one, ast.FormattedValue)]
            for part in parts:
                constant = isinstance(part, ast.Name) and part.id.isupper()
                assert constant or ast.unparse(part).startswith("re.escape("), place
        else:
            named = isinstance(pattern, ast.Name) and pattern.id.isupper()
            constant = isinstance(pattern, ast.Constant) or place.startswith(OF_NUMBERS)
            assert named or constant, place


OF_NUMBERS = "citizen_portal/exports/package/page.py"
"""Characters by their numbers."""


def test_no_parser_of_xml_and_no_pickle_is_loaded() -> None:
    """Feeds are written, never read. The check of ``pickle`` is of our own code: libraries use it
    between their own processes."""
    readers = {"xml.etree", "xml.dom", "xml.sax", "lxml", "pickle", "marshal", "shelve", "dill"}
    written = {"xml.sax.saxutils", "xml.etree.ElementTree"}
    for path, name in imported():
        if any(name == one or name.startswith(f"{one}.") for one in readers):
            assert any(name.startswith(one) for one in written), (path, name)
    parsing = ("fromstring", "parse", "iterparse", "XML", "XMLParser")
    etree = [f"{one}.{verb}" for one in ("ET", "ElementTree", "etree") for verb in parsing]
    assert not called(*etree, "yaml.load", "yaml.unsafe_load", "yaml.full_load", "pickle.loads")


def test_no_cipher_of_our_own() -> None:
    """Sealing and signing are whole parts of libraries; blocks of AES stand in two places."""
    for path, name in imported():
        if name.startswith("cryptography.hazmat.primitives.ciphers"):
            assert path in MADE_OF_BLOCKS, path
            assert name.rpartition(".")[2] in CIPHERS, name
        assert not name.startswith(("Crypto", "nacl", "OpenSSL", "rsa.")), (path, name)
    weak = re.compile(r"\bmodes\.(\w+)\(|\b(PKCS1v15|TripleDES|Blowfish|ARC4|RC4)\b")
    found = {
        (path.name, one.group(0)) for path in PACKAGE.rglob("*.py")
        for one in weak.finditer(path.read_text())
    }  # fmt: skip
    assert found == {("ids.py", "modes.ECB(")}, "of one block alone, which has no mode"


def test_no_weak_hash() -> None:
    """The one SHA-1 is a field of a published description (GovStack), beside its SHA-256."""
    assert not called("hashlib.md5", "hashlib.new", "md5")
    weak = [(place, call) for place, name, call in calls() if name.endswith("sha1")]
    for place, call in weak:
        assert place.startswith("citizen_portal/preferences/schemas/govstack/revisions.py"), place
        assert any(
            one.arg == "usedforsecurity" and ast.unparse(one.value) == "False"
            for one in call.keywords
        )


def test_no_key_comes_of_a_password() -> None:
    """Nobody sets a password here, and what seals is drawn (``sealing.create``)."""
    names = {name.rpartition(".")[2].lower() for _, name in imported()}
    assert not names & {"scrypt", "pbkdf2hmac", "argon2", "argon2id", "bcrypt"}
    assert not called("hashlib.pbkdf2_hmac", "hashlib.scrypt")


def test_chance_is_that_of_the_system() -> None:
    """Outside the demo, whose world is the same for the same seed."""
    demo = PACKAGE / "demo"
    for path, name in imported():
        if demo not in path.parents:
            assert name != "random", path
            assert not name.startswith("random."), path


def test_certificates_are_checked() -> None:
    for place, name, call in calls():
        for one in call.keywords:
            off = one.arg in {"verify", "verify_ssl", "check_hostname"}
            assert not (off and ast.unparse(one.value) == "False"), place
        assert not name.endswith("_create_unverified_context"), place
    text = "".join(path.read_text() for path in sorted(PACKAGE.rglob("*.py")))
    assert "CERT_NONE" not in text


def test_scripts_put_text_in_as_text() -> None:
    """Markup is compared, and taken over as nodes of a page of ours; none is made of text."""
    made = re.compile(
        r"\.(inner|outer)HTML\s*[+]?=(?!=)|insertAdjacentHTML|document\.write|\beval\(|new Function"
    )
    for script in SCRIPTS:
        assert not made.search(script.read_text()), script


def test_scripts_keep_nothing_in_the_browser() -> None:
    kept = re.compile(
        r"localStorage|sessionStorage|indexedDB|document\.cookie|postMessage|caches\."
    )
    for script in SCRIPTS:
        assert not kept.search(script.read_text()), script


def test_scripts_make_no_objects_by_names_of_others() -> None:
    """No value that was read names a property that is written."""
    written = re.compile(r"[\w)\]]\[[^\]\"'0-9]+\]\s*=(?![=>])|__proto__|\.prototype\.|\bmerge\(")
    for script in SCRIPTS:
        found = [line for line in script.read_text().splitlines() if written.search(line)]
        assert not found, (script, found)


def test_nothing_of_other_worlds_is_loaded() -> None:
    """No LDAP, XPath, LaTeX, memcache, GraphQL, SAML or WebRTC: their rows do not apply."""
    asked = "import sys, citizen_portal.app, citizen_portal.cli; print(' '.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = {one.partition(".")[0] for one in ran.stdout.split()}
    assert "flask" in loaded
    assert not loaded & {
        "ldap", "ldap3", "lxml", "pymemcache", "memcache", "graphql", "saml2", "onelogin",
        "aiortc", "websockets", "simple_websocket", "passlib", "bcrypt",
    }  # fmt: skip
