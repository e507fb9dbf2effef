"""To subgraphs over HTTP/1.1, and over WebSocket for subscriptions, with aiohttp.

Each subgraph has a pool of its own, so that a slow one cannot take the connections of the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from router.errors import (
    SubgraphBadResponse,
    SubgraphResponseTooLarge,
    SubgraphTimeout,
    SubgraphUnreachable,
    TransportError,
)
from router.transport.base import SubgraphRequest, SubgraphResponse
from router.transport.graphql_ws import SUBPROTOCOL, ChannelClosed, subscribe_over
from router.transport.headers import request_headers

_WEBSOCKET_SCHEMES: Final = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_NO_TIMEOUT: Final = aiohttp.ClientTimeout(total=None)
_CLOSE_TIMEOUT: Final = 1.0


@dataclass(frozen=True, slots=True)
class SubgraphEndpoint:
    """Where one subgraph is.

    Attributes:
        url: for queries and mutations.
        subscription_url: for WebSockets; None for `url` with the WebSocket scheme.
    """

    url: str
    subscription_url: str | None = None

    def websocket_url(self) -> str:
        """Give the address that subscriptions go to."""
        if self.subscription_url is not None:
            return self.subscription_url
        parts = urlsplit(self.url)
        return parts._replace(scheme=_WEBSOCKET_SCHEMES.get(parts.scheme, parts.scheme)).geturl()


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What a subgraph may cost.

    Attributes:
        response_bytes: the longest answer, decompressed, and the longest WebSocket message.
        connections: the most connections to one subgraph at a time; further requests wait for one.
        connect_seconds: to open a connection; also to open and acknowledge a WebSocket.
        keep_alive_seconds: how long an idle connection is kept. It must be below the server's own time (uvicorn: 5 s),
            or a request could be sent into a connection that is just being closed.
        ping_seconds: between pings on a subscription's socket.
    """

    response_bytes: int = 64 * 1024 * 1024
    connections: int = 256
    connect_seconds: float = 5.0
    keep_alive_seconds: float = 4.0
    ping_seconds: float = 20.0


def translate(subgraph: str, error: Exception) -> TransportError:
    """Turn what aiohttp or the socket raises into this router's error."""
    detail = f"{type(error).__name__}: {error}"
    match error:
        case TimeoutError():
            return SubgraphTimeout(subgraph, detail)
        case aiohttp.ClientResponseError():
            return SubgraphBadResponse(subgraph, detail)
        case _:
            return SubgraphUnreachable(subgraph, detail)


# ValueError is what aiohttp raises for an address or a header that cannot be written; WebSocketError is no ClientError.
TRANSLATED: Final = (aiohttp.ClientError, aiohttp.WebSocketError, TimeoutError, OSError, ValueError)


class HttpTransport:
    """The transport to subgraphs that are services of their own."""

    def __init__(self, endpoints: Mapping[str, SubgraphEndpoint], *, limits: HttpLimits | None = None) -> None:
        self._endpoints = dict(endpoints)
        self._limits = limits or HttpLimits()
        self._sessions: dict[str, aiohttp.ClientSession] = {}
        self._closed = False

    def reach(self, endpoints: Mapping[str, SubgraphEndpoint]) -> None:
        """Take up addresses, new ones and changed ones; subgraphs that are not named stay where they are."""
        self._endpoints = self._endpoints | dict(endpoints)

    async def send(self, request: SubgraphRequest) -> SubgraphResponse:
        """Post the request; redirects are not followed. See `Transport.send`."""
        session = self._session(request.subgraph)
        try:
            async with (
                asyncio.timeout_at(request.deadline),
                session.post(
                    self._endpoints[request.subgraph].url,
                    data=request.body,
                    headers=request_headers(request),
                    allow_redirects=False,
                ) as response,
            ):
                body = await self._read(request.subgraph, response)
                return SubgraphResponse(response.status, body)
        except TRANSLATED as error:
            raise translate(request.subgraph, error) from error

    async def _read(self, subgraph: str, response: aiohttp.ClientResponse) -> bytes:
        """Give the whole body, or raise before more than the limit is held."""
        limit = self._limits.response_bytes
        length = response.content_length
        if length is not None and length > limit:
            raise SubgraphResponseTooLarge(subgraph, f"the answer has {length} bytes, more than {limit}")
        chunks: list[bytes] = []
        size = 0
        # What is read here is decompressed already, so a small body that unfolds into a large one is caught too.
        async for chunk in response.content.iter_any():
            size += len(chunk)
            if size > limit:
                raise SubgraphResponseTooLarge(subgraph, f"the answer has more than {limit} bytes")
            chunks.append(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[bytes, None]:
        """Subscribe over a WebSocket of its own. See `Transport.subscribe`."""
        session = self._session(request.subgraph)
        limits = self._limits
        try:
            async with asyncio.timeout(limits.connect_seconds):
                socket = await session.ws_connect(
                    self._endpoints[request.subgraph].websocket_url(),
                    protocols=(SUBPROTOCOL,),
                    headers=dict(request.headers),
                    max_msg_size=limits.response_bytes,
                    heartbeat=limits.ping_seconds,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_TIMEOUT),
                )
        except TRANSLATED as error:
            raise translate(request.subgraph, error) from error
        try:
            if socket.protocol != SUBPROTOCOL:
                raise SubgraphBadResponse(request.subgraph, f"the WebSocket does not speak {SUBPROTOCOL}")
            channel = _SocketChannel(socket)
            responses = subscribe_over(channel, request, ack_timeout=limits.connect_seconds)
            async with aclosing(responses):
                async for response in responses:
                    yield response
        finally:
            await socket.close()

    async def aclose(self) -> None:
        """Close every connection; requests under way end as unreachable."""
        self._closed = True
        sessions = list(self._sessions.values())
        self._sessions.clear()
        for session in sessions:
            await session.close()

    def _session(self, subgraph: str) -> aiohttp.ClientSession:
        session = self._sessions.get(subgraph)
        if session is None:
            if self._closed:
                raise SubgraphUnreachable(subgraph, "the router is shutting down")
            if subgraph not in self._endpoints:
                raise SubgraphUnreachable(subgraph, "no address is known")
            # A session needs the running loop, so it is made with the first request, not with the transport.
            session = self._sessions[subgraph] = self._new_session()
        return session

    def _new_session(self) -> aiohttp.ClientSession:
        limits = self._limits
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=limits.connections, keepalive_timeout=limits.keep_alive_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            # Compression between neighbours costs more than it saves.
            headers={"accept-encoding": "identity"},
            skip_auto_headers=("user-agent",),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_seconds),
        )


class _SocketChannel:
    """aiohttp's WebSocket as a channel of text messages."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, message: bytes) -> None:
        try:
            await self._socket.send_frame(message, aiohttp.WSMsgType.TEXT)
        except TRANSLATED as error:
            raise ChannelClosed(1006, f"{type(error).__name__}: {error}") from error

    async def receive(self) -> str:
        try:
            message = await self._socket.receive()
        except TRANSLATED as error:
            raise ChannelClosed(1006, f"{type(error).__name__}: {error}") from error
        match message.type:
            case aiohttp.WSMsgType.TEXT:
                return str(message.data)
            case aiohttp.WSMsgType.CLOSE:
                raise ChannelClosed(int(message.data), str(message.extra or ""))
            case aiohttp.WSMsgType.ERROR:
                raise ChannelClosed(1006, f"{type(message.data).__name__}: {message.data}")
            case aiohttp.WSMsgType.CLOSED | aiohttp.WSMsgType.CLOSING:
                raise ChannelClosed(self._socket.close_code or 1006, "")
            case _:
                raise ChannelClosed(1003, "a message is not text")
