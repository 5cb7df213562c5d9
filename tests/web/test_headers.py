import re

import pytest
from flask import Flask


@pytest.mark.parametrize("path", ["/healthz", "/does-not-exist", "/static/site.css"])
def test_every_response_is_protected(app: Flask, path: str) -> None:
    with app.test_client().get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/static/nothing"])
def test_pages_are_not_stored(app: Flask, path: str) -> None:
    assert app.test_client().get(path).headers["Cache-Control"] == "no-store"


def test_each_response_has_a_nonce_of_its_own(app: Flask) -> None:
    client = app.test_client()
    policies = [client.get("/healthz").headers["Content-Security-Policy"] for _ in range(2)]
    nonces = {re.search(r"'nonce-([^']+)'", policy).group(1) for policy in policies}  # type: ignore[union-attr]
    assert len(nonces) == 2
