"""Secure by default: every response gets these headers, errors and static files too."""

import secrets

from flask import Flask, Response, current_app, g, request

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""For what is the same for everybody: any site's page or program may read it (Fetch, CORS)."""
PUBLISHED = OPEN | {"Cache-Control": "public, max-age=300"}
"""Such things that caches may keep for five minutes."""


def init_app(app: Flask, *, production: bool) -> None:
    app.config.update(
        SESSION_COOKIE_NAME="__Host-portal" if production else "portal",
        SESSION_COOKIE_SECURE=production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=1_000_000,
        WTF_CSRF_SSL_STRICT=False,  # it wants a referrer, which our policy forbids to send
    )
    app.jinja_env.globals["csp_nonce"] = nonce
    app.after_request(_protect)
    app.config["HSTS"] = production


def nonce() -> str:
    """The one nonce of this response, for scripts that the page itself brings."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def policy(script_nonce: str) -> str:
    """The content security policy: own files only, no inline style, scripts by nonce."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{script_nonce}' 'strict-dynamic'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _protect(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy(nonce()))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Permissions-Policy"] = PERMISSIONS
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers["X-Frame-Options"] = "DENY"
    served = request.endpoint == "static" and response.status_code in {200, 206, 304}
    if not served and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if current_app.config["HSTS"]:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response
