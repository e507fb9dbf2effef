"""A subgraph's answer: is it a GraphQL response, and can it be passed on as it is?"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
import orjson

from router.errors import SubgraphBadResponse
from router.execution.collector import LARGE, collector_paused
from router.execution.json_text import LONG_BODY, NotJson, has_long_numbers, load_slowly
from router.transport.base import SubgraphResponse

__all__ = ["Answer", "decode", "is_plain"]

Answer = tuple[dict[str, Any], list[Any]]
"""The data, empty where it is null, and the errors as they came."""

_BRACE: Final = ord("{")


class _Plain(msgspec.Struct, forbid_unknown_fields=True):
    """A response of data alone; `data` stays the JSON text that it was."""

    data: msgspec.Raw


_split = msgspec.json.Decoder(_Plain).decode


def is_plain(body: bytes) -> bool:
    """Say whether an answer is a whole `{"data": {…}}` with nothing beside it, and JSON to its end.

    It is read but not decoded, a third of the time. A wrong no is harmless: the answer is then decoded.
    """
    try:
        plain = _split(body)
        if not body.isascii():
            # msgspec leaves the texts in what it does not decode unread.
            body.decode()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return memoryview(plain.data)[0] == _BRACE


async def decode(subgraph: str, response: SubgraphResponse, *, exact: bool = False) -> Answer:
    """Decode an answer (GraphQL specification, section 7.1).

    The status does not matter where the body is a GraphQL response (GraphQL over HTTP, section 6.4).

    Args:
        subgraph: whose answer it is.
        response: the answer; a long one that orjson does not read is decoded in a thread.
        exact: whether numbers that orjson does not keep as they are have to be kept; see `json_text`.

    Raises:
        SubgraphBadResponse: it is no GraphQL response, or it has neither data nor errors.
    """
    body = response.body
    try:
        answer = orjson.loads(body) if len(body) < LARGE else await _decode_large(body)
        if exact and has_long_numbers(body):
            answer = await _decode_slowly(body)
    except orjson.JSONDecodeError as error:
        try:
            answer = await _decode_slowly(body)
        except NotJson:
            raise SubgraphBadResponse(
                subgraph, f"status {response.status}, no JSON ({error}): {_start(body)}"
            ) from error
    return _checked(subgraph, answer, response)


async def _decode_large(body: bytes) -> Any:
    """Decode what takes so long that others get their turn before what is to follow."""
    with collector_paused():
        answer = orjson.loads(body)
    await asyncio.sleep(0)
    return answer


async def _decode_slowly(body: bytes) -> Any:
    return load_slowly(body) if len(body) < LONG_BODY else await asyncio.to_thread(load_slowly, body)


def _checked(subgraph: str, answer: Any, response: SubgraphResponse) -> Answer:
    status, body = response.status, response.body
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
