"""A subgraph's answer: is it a GraphQL response, and can it be passed on as it is?"""

from __future__ import annotations

from typing import Any

import orjson

from router.errors import SubgraphBadResponse
from router.transport.base import SubgraphResponse

__all__ = ["Answer", "decode", "is_plain"]

Answer = tuple[dict[str, Any], list[Any]]
"""The data, empty where it is null, and the errors as they came."""

_OK = 200
_STARTS = (b'{"data":{', b'{"data": {')


def is_plain(body: bytes) -> bool:
    """Say whether an answer is surely a whole `{"data": {…}}` with nothing beside it, without decoding it.

    A wrong no is harmless: the answer is then decoded.
    """
    return (
        body.startswith(_STARTS)
        and body.endswith((b"}}", b"}}\n"))
        # Searching backwards is the quicker way in CPython. A field of that name costs a decoding, no more.
        and body.rfind(b'"errors"') < 0
        and body.rfind(b'"extensions"') < 0
        # An answer cut short has more braces opened than closed.
        and body.count(b"{") == body.count(b"}")
    )


def decode(subgraph: str, response: SubgraphResponse) -> Answer:
    """Decode an answer (GraphQL specification, section 7.1).

    The status does not matter where the body is a GraphQL response (GraphQL over HTTP, section 6.4).

    Raises:
        SubgraphBadResponse: it is none, or it has neither data nor errors.
    """
    return decode_body(subgraph, response.body, status=response.status)


def decode_body(subgraph: str, body: bytes, *, status: int = _OK) -> Answer:
    """Decode a response's body; see `decode`."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise SubgraphBadResponse(subgraph, f"status {status}, no JSON ({error}): {_start(body)}") from error
    if type(answer) is not dict:
        raise SubgraphBadResponse(subgraph, f"status {status}, no object: {_start(body)}")
    data = answer.get("data")
    errors = answer.get("errors")
    if errors is None:
        errors = []
    if type(errors) is not list:
        raise SubgraphBadResponse(subgraph, f"status {status}, errors are no list: {_start(body)}")
    if type(data) is dict:
        return data, errors
    if data is not None or not errors:
        raise SubgraphBadResponse(subgraph, f"status {status}, no data: {_start(body)}")
    return {}, errors


def _start(body: bytes) -> str:
    # Enough to tell a proxy's page from an answer; what users see or send belongs in no log.
    return f"{len(body)} bytes, {body[:40]!r}"
