"""``/api/openapi.json``: what systems can call, made of the routes that are there (OpenAPI 3.1)."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Flask, current_app, make_response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from citizen_portal.web import machine, parts
from citizen_portal.web.headers import PUBLISHED

bp = Blueprint("api_document", __name__)
PATH = "/api/openapi.json"
PROBLEM = "application/problem+json"
REFUSALS = {
    400: "It cannot be read.",
    401: "The access token is missing or not good.",
    403: "The access token, or the body that it stands for, does not reach this far.",
    404: "There is no such thing, or it is not for this body to see.",
    409: "It cannot be done as things stand.",
    412: "If-Match or If-None-Match does not hold.",
    413: "It is too large.",
    415: "It is not sent as JSON.",
    422: "It has faults; each stands under errors with its field.",
    429: "There were too many calls. Send the same again after Retry-After.",
    503: "It cannot be done just now. Send the same again after Retry-After.",
}
SCHEME = "client"
ID = {"type": "string", "format": "uuid"}
NUMBER = {"type": "integer", "minimum": 0, "maximum": 10**16 - 1}
Found = tuple[Rule, str, machine.Operation, str | None]


@bp.get(PATH)
@machine.described(
    machine.Operation(summary="This description.", gives={200: ("The description.", None)})
)
def document() -> ResponseReturnValue:
    response = make_response(describe(current_app))
    response.headers.update(PUBLISHED)
    response.add_etag()
    return response.make_conditional(request)


def describe(app: Flask) -> dict[str, Any]:
    """The description of every route under /api/; raises where one is not described."""
    found = list(_operations(app))
    paths: dict[str, Any] = {}
    for rule, method, operation, scope in found:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        paths.setdefault(path, {})[method] = _operation(rule, operation, scope)
    at = parts.settings().public_url
    scopes = {scope: "" for _, _, _, scope in found if scope}
    flow = {"tokenUrl": f"{at}/api/oauth/token", "scopes": scopes}
    return {
        "openapi": "3.1.0",
        "info": {"title": parts.settings().brand, "version": version("citizen-portal")},
        "servers": [{"url": at}],
        "paths": paths,
        "components": {
            "schemas": _schemas(found),
            "securitySchemes": {SCHEME: {"type": "oauth2", "flows": {"clientCredentials": flow}}},
        },
    }


def _operations(app: Flask) -> Iterator[Found]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.rule.startswith("/api/"):
            continue
        view: Any = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method.lower(), view.operation, getattr(view, "scope", None)


def _operation(rule: Rule, said: machine.Operation, scope: str | None) -> dict[str, Any]:
    refusals = {*said.refuses, *((401, 403, 429) if scope else ())}
    made: dict[str, Any] = {
        "operationId": str(rule.endpoint).rpartition(".")[2],
        "summary": said.summary,
        "responses": {
            **{str(status): _answer(said, *given) for status, given in said.gives.items()},
            **{str(status): _refusal(status) for status in sorted(refusals)},
        },
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in said.path.items()
    ] + [{"name": name, "in": "header", "schema": {"type": "string"}} for name in said.headers]
    parameters += [{"name": name, "in": "query", "schema": ID} for name in said.query]
    parameters += [{"name": name, "in": "query", "schema": NUMBER} for name in said.numbers]
    if parameters:
        made["parameters"] = parameters
    if said.takes is not None:
        content = {said.media_type: {"schema": _reference(said.takes)}}
        made["requestBody"] = {"required": True, "content": content}
    if scope is not None:
        made["security"] = [{SCHEME: [scope]}]
    return made


def _answer(said: machine.Operation, words: str, model: type[BaseModel] | None) -> dict[str, Any]:
    schema = _reference(model) if model else {"type": "object"}
    made: dict[str, Any] = {
        "description": words,
        "content": {"application/json": {"schema": schema}},
    }
    if said.tagged:
        made["headers"] = {"ETag": {"schema": {"type": "string"}}}
    return made


def _refusal(status: int) -> dict[str, Any]:
    schema = _reference(machine.Problem)
    return {"description": REFUSALS[status], "content": {PROBLEM: {"schema": schema}}}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _schemas(found: list[Found]) -> dict[str, Any]:
    models: list[type[BaseModel]] = [machine.Problem]
    for _, _, operation, _ in found:
        models += [operation.takes] if operation.takes else []
        models += [model for _, model in operation.gives.values() if model]
    wanted = [(model, "validation") for model in dict.fromkeys(models)]
    template = "#/components/schemas/{model}"
    _, made = models_json_schema(wanted, ref_template=template)  # type: ignore[arg-type]
    return dict(made["$defs"])
