"""From bytes to a `GraphQLRequest` (GraphQL over HTTP, section 5)."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

import orjson

from router.execution.json_text import has_long_numbers
from router.execution.request import GraphQLRequest
from router.server.refusals import BadRequest, BatchingRefused, ContentTypeRefused

_QUERY_PARAMETERS = frozenset({"query", "operationName", "variables", "extensions"})


def check_content_type(headers: dict[bytes, bytes]) -> None:
    """Let a JSON body in UTF-8 pass.

    Raises:
        ContentTypeRefused: it is something else, or compressed, or does not say.
    """
    content_type = headers.get(b"content-type")
    if content_type is None:
        raise ContentTypeRefused("The request needs the header 'content-type: application/json'.")
    if content_type != b"application/json":
        name, *parameters = (part.strip() for part in content_type.decode("latin-1").lower().split(";"))
        if name != "application/json":
            raise ContentTypeRefused(f"The content type has to be application/json, not {name or 'empty'}.")
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key == "charset" and value.strip('"') not in {"utf-8", "utf8"}:
                raise ContentTypeRefused("The request body has to be encoded in UTF-8.")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise ContentTypeRefused("Compressed request bodies are not supported.")


def from_body(body: bytes) -> GraphQLRequest:
    """Read the JSON body of a POST.

    Raises:
        BadRequest: it is no JSON, or not of the right shape.
    """
    try:
        content = _loads(body)
    except orjson.JSONDecodeError as error:
        detail = str(error).partition(":")[0]
        raise BadRequest(f"The request body is no valid JSON: {detail}.") from error
    if isinstance(content, list):
        raise BatchingRefused
    if not isinstance(content, dict):
        raise BadRequest("The request body has to be a JSON object.")
    return from_parameters(content)


def from_query_string(query_string: bytes) -> GraphQLRequest:
    """Read the parameters of a GET; `variables` and `extensions` are JSON.

    Raises:
        BadRequest: it is not encoded well, a parameter is there twice, or one is not of the right shape.
    """
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise BadRequest("The query string is not encoded well.") from error
    parameters: dict[str, Any] = {}
    for name, value in pairs:
        if name not in _QUERY_PARAMETERS:
            continue
        if name in parameters:
            raise BadRequest(f"The parameter '{name}' is there more than once.")
        parameters[name] = value
    if parameters.get("operationName") == "":
        del parameters["operationName"]
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = _json_parameter(name, parameters[name])
    return from_parameters(parameters)


def from_parameters(parameters: dict[str, Any]) -> GraphQLRequest:
    """Check the shape of the parameters; what else is there is passed over.

    Raises:
        BadRequest: one has the wrong type, or there is no document.
    """
    query = parameters.get("query")
    operation_name = parameters.get("operationName")
    variables = parameters.get("variables")
    extensions = parameters.get("extensions")
    if query is not None and not isinstance(query, str):
        raise BadRequest("The parameter 'query' has to be a string.")
    if operation_name is not None and not isinstance(operation_name, str):
        raise BadRequest("The parameter 'operationName' has to be a string or null.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("The parameter 'variables' has to be an object or null.")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest("The parameter 'extensions' has to be an object or null.")
    if not query and not extensions:
        raise BadRequest("The parameter 'query' is missing.")
    return GraphQLRequest(query, operation_name, variables or {}, extensions or {})


def _loads(text: bytes) -> Any:
    """Decode JSON with integers of any length, which custom scalars may have; orjson makes floats of the longest."""
    content = orjson.loads(text)
    if has_long_numbers(text):
        # Deeper than the standard library reads, or with more digits than Python does: then it stays what orjson read.
        with suppress(RecursionError, ValueError):
            return json.loads(text)
    return content


def _json_parameter(name: str, text: str) -> Any:
    if text == "":
        return None
    try:
        return _loads(text.encode())
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The parameter '{name}' is no valid JSON.") from error
