"""A system that sends its callers to a port of ours, and notes with which headers they came."""

from flask import Flask, request
from flask.typing import ResponseReturnValue


def make(port: object, seen: list[dict[str, str]] | None = None) -> Flask:
    app = Flask("redirecting")

    @app.get("/<int:status>/<host>/<path:_>")
    def lead(status: int, host: str, _: str) -> ResponseReturnValue:
        away = f"http://{host}:{port}/"
        return "{}", status, {"Location": away, "Refresh": f"0; url={away}", "Link": f"<{away}>"}

    @app.get("/well/v2/findUsage")
    def answer() -> ResponseReturnValue:
        if seen is not None:
            seen.append(dict(request.headers))
        return {"well": True}

    return app
