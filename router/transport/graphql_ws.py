"""The client's side of the graphql-transport-ws protocol, over any channel of text messages.

One connection carries one subscription: its `connection_init` payload holds that caller's headers, so callers are never
mixed. Payloads are cut out of the messages as they are, never decoded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Final, Literal, Protocol

import msgspec
import orjson

from router.errors import SubgraphBadResponse, SubgraphTimeout, SubgraphUnreachable
from router.transport.base import SubgraphRequest

SUBPROTOCOL: Final = "graphql-transport-ws"
_OPERATION_ID: Final = "1"


class Channel(Protocol):
    """A connected WebSocket, as far as this protocol needs one."""

    async def send(self, message: bytes) -> None:
        """Send one text message (UTF-8)."""
        ...

    async def receive(self) -> str | bytes:
        """Wait for the next text message.

        Raises:
            ChannelClosed: the other side closed, or the connection broke.
        """
        ...


class ChannelClosed(Exception):
    """The channel ended: code 1006 where it broke without a goodbye (RFC 6455, section 7.4.1)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed with {code} {reason}".rstrip())
        self.code = code


class _Incoming(msgspec.Struct):
    """A message of the server; `payload` stays the JSON text that it was, empty where there was none."""

    type: Literal["connection_ack", "ping", "pong", "next", "error", "complete"]
    id: str | None = None
    payload: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(_Incoming).decode


async def subscribe_over(
    channel: Channel, request: SubgraphRequest, *, ack_timeout: float
) -> AsyncGenerator[bytes, None]:
    """Run one subscription on a fresh channel and give each response as JSON text.

    The channel is left open for its owner to close. A subscription that the subgraph refuses gives one response with
    `errors` and ends.

    Args:
        channel: connected, nothing sent yet.
        request: what to subscribe to; its headers become the `connection_init` payload.
        ack_timeout: seconds to wait for `connection_ack`.

    Raises:
        SubgraphTimeout: no `connection_ack` in time.
        SubgraphUnreachable: the channel ended before the subscription did.
        SubgraphBadResponse: a message that the protocol does not know here.
    """
    try:
        await channel.send(orjson.dumps({"type": "connection_init", "payload": connection_payload(request.headers)}))
        async with asyncio.timeout(ack_timeout):
            await _acknowledged(channel, request.subgraph)
        await channel.send(b'{"type":"subscribe","id":"1","payload":' + request.body + b"}")
        finished = False
        try:
            while (response := await _next_response(channel, request.subgraph)) is not None:
                payload, finished = response
                yield payload
                if finished:
                    return
            finished = True
        finally:
            if not finished:
                await _say_complete(channel)
    except TimeoutError as error:
        raise SubgraphTimeout(request.subgraph, "the WebSocket was not acknowledged in time") from error
    except ChannelClosed as error:
        raise SubgraphUnreachable(request.subgraph, f"the subscription's socket {error}") from error


def connection_payload(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Give the `connection_init` payload: the caller's headers by name, as servers of this protocol expect them."""
    return dict(headers)


async def _acknowledged(channel: Channel, subgraph: str) -> None:
    """Wait for `connection_ack`, answering pings meanwhile."""
    while True:
        message = await _receive(channel, subgraph)
        if message.type == "connection_ack":
            return
        if message.type not in {"ping", "pong"}:
            raise SubgraphBadResponse(subgraph, f"{message.type!r} came before the connection was acknowledged")


async def _next_response(channel: Channel, subgraph: str) -> tuple[bytes, bool] | None:
    """Give the next response and whether it is the last; None when the subscription is complete."""
    while True:
        message = await _receive(channel, subgraph)
        if message.type in {"ping", "pong"}:
            continue
        if message.id != _OPERATION_ID:
            raise SubgraphBadResponse(subgraph, f"{message.type!r} came for an operation that does not exist")
        if message.type == "complete":
            return None
        payload = bytes(message.payload)
        if not payload:
            raise SubgraphBadResponse(subgraph, f"{message.type!r} came without a payload")
        if message.type == "error":
            return b'{"errors":' + payload + b"}", True
        return payload, False


async def _receive(channel: Channel, subgraph: str) -> _Incoming:
    """Give the next message; a ping is answered on the way."""
    text = await channel.receive()
    try:
        message = _decode(text)
    except msgspec.DecodeError as error:
        raise SubgraphBadResponse(subgraph, f"a message is not of {SUBPROTOCOL}: {error}") from error
    if message.type == "ping":
        await channel.send(b'{"type":"pong"}')
    return message


async def _say_complete(channel: Channel) -> None:
    """Tell the subgraph that nobody listens any more; it does not matter if it is gone already."""
    try:
        await channel.send(b'{"type":"complete","id":"1"}')
    except ChannelClosed:
        return
