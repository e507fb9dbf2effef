"""The messages of graphql-transport-ws, as a server reads and writes them.

A response is put into its message as it is: neither decoded nor encoded again.
"""

from __future__ import annotations

import enum
from typing import Any

import msgspec
import orjson

from router.execution.request import GraphQLRequest

SUBPROTOCOL = "graphql-transport-ws"


class CloseCode(enum.IntEnum):
    """Why the server closes a socket: RFC 6455, section 7.4.1, and graphql-transport-ws."""

    GOING_AWAY = 1001
    TRY_AGAIN_LATER = 1013
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITS = 4429


class BadMessage(Exception):
    """The client's message is not of the protocol; the text tells why, in a close frame's 123 bytes."""


class ClientMessage(msgspec.Struct, frozen=True):
    """Any message of a client; what `payload` has to be depends on `type`. It is empty where there is none."""

    type: str
    id: str | None = None
    payload: msgspec.Raw = msgspec.Raw()


class _SubscribePayload(msgspec.Struct, rename="camel", frozen=True):
    """What a `subscribe` message asks for."""

    query: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


class _RequestErrors(msgspec.Struct, frozen=True):
    """A GraphQL response without data."""

    errors: msgspec.Raw


_decode_message = msgspec.json.Decoder(ClientMessage).decode
_decode_subscribe = msgspec.json.Decoder(_SubscribePayload).decode
_decode_errors = msgspec.json.Decoder(_RequestErrors).decode

PONG = '{"type":"pong"}'


def read_message(text: str) -> ClientMessage:
    """Read a client's message.

    Raises:
        BadMessage: it is no JSON object with a `type`.
    """
    try:
        return _decode_message(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage("Invalid message received") from error


def read_subscribe(message: ClientMessage) -> tuple[str, GraphQLRequest]:
    """Give the id and the request of a `subscribe` message.

    Raises:
        BadMessage: the id or the payload is missing or of the wrong shape.
    """
    if not message.id or not bytes(message.payload):
        raise BadMessage("A subscribe message needs an id and a payload")
    try:
        payload = _decode_subscribe(message.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage("Invalid subscribe payload received") from error
    if not payload.query and not payload.extensions:
        raise BadMessage("A subscribe payload needs a query")
    request = GraphQLRequest(payload.query, payload.operation_name, payload.variables or {}, payload.extensions or {})
    return message.id, request


def read_init(message: ClientMessage) -> dict[str, Any]:
    """Give the payload of a `connection_init` message, empty where there is none.

    Raises:
        BadMessage: it is neither an object nor null.
    """
    content = bytes(message.payload)
    if not content:
        return {}
    try:
        payload = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadMessage("Invalid connection_init payload received") from error
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        raise BadMessage("The connection_init payload has to be an object")
    return payload


def acknowledgement(request_id: str) -> str:
    """Write the `connection_ack`; it tells the id under which the log knows this socket."""
    return orjson.dumps({"type": "connection_ack", "payload": {"requestId": request_id}}).decode()


def next_message(operation_id: str, response: bytes) -> str:
    """Write a `next` message."""
    return f'{{"id":{_quoted(operation_id)},"type":"next","payload":{response.decode()}}}'


def error_message(operation_id: str, errors: list[dict[str, Any]]) -> str:
    """Write an `error` message: the operation was never executed, and is over."""
    return f'{{"id":{_quoted(operation_id)},"type":"error","payload":{orjson.dumps(errors).decode()}}}'


def request_error_message(operation_id: str, response: bytes) -> str:
    """Write an `error` message with the errors of a response that has no data."""
    errors = bytes(_decode_errors(response).errors).decode()
    return f'{{"id":{_quoted(operation_id)},"type":"error","payload":{errors}}}'


def complete_message(operation_id: str) -> str:
    """Write a `complete` message."""
    return f'{{"id":{_quoted(operation_id)},"type":"complete"}}'


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
