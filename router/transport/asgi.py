"""To subgraphs that run in this process: calls their ASGI applications directly, without a socket or an HTTP client.

An application is served as a server would serve it, in a task and context of its own: its log context does not reach
the router's, and when the caller has gone it is told by `http.disconnect`, not cancelled, so what is half done is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping, MutableMapping
from contextlib import aclosing
from typing import Any, Final

import structlog

from router.errors import SubgraphBadResponse, SubgraphResponseTooLarge, SubgraphTimeout, SubgraphUnreachable
from router.transport.base import SubgraphRequest, SubgraphResponse
from router.transport.graphql_ws import SUBPROTOCOL, ChannelClosed, subscribe_over
from router.transport.headers import request_headers

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_WAITING_MESSAGES: Final = 64
"""How many subscription messages an application may be ahead of its reader before its `send` waits."""

_log = structlog.get_logger(__name__)


class AsgiTransport:
    """The transport to subgraphs in the same process. Running their lifespans is the composition root's business."""

    def __init__(
        self,
        apps: Mapping[str, AsgiApp],
        *,
        path: str = "/graphql",
        connect_seconds: float = 5.0,
        close_seconds: float = 1.0,
        response_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        """Prepare calls.

        Args:
            apps: the applications by the subgraph's name.
            path: where each has its GraphQL endpoint.
            connect_seconds: how long a subscription's socket may take to be accepted and acknowledged.
            close_seconds: how long an application may take to notice that it shall end before it is cancelled.
            response_bytes: the longest answer.
        """
        self._apps = dict(apps)
        self._path = path
        self._connect_seconds = connect_seconds
        self._close_seconds = close_seconds
        self._response_bytes = response_bytes
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def send(self, request: SubgraphRequest) -> SubgraphResponse:
        """Call the application once. See `Transport.send`."""
        app = self._app(request.subgraph)
        exchange = _HttpExchange(request, limit=self._response_bytes)
        scope = self._scope("http", request_headers(request)) | {"method": "POST"}
        _running = self._start(exchange.run(app, scope))
        try:
            async with asyncio.timeout_at(request.deadline):
                return await exchange.answer
        except TimeoutError as error:
            raise SubgraphTimeout(request.subgraph, "no answer before the deadline") from error
        finally:
            exchange.disconnected.set()

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[bytes, None]:
        """Subscribe over a WebSocket scope of its own. See `Transport.subscribe`."""
        socket = _Socket(request.subgraph)
        scope = self._scope("websocket", list(request.headers)) | {"subprotocols": [SUBPROTOCOL]}
        task = self._start(socket.run(self._app(request.subgraph), scope))
        try:
            await self._connect(socket, request.subgraph)
            responses = subscribe_over(socket, request, ack_timeout=self._connect_seconds)
            async with aclosing(responses):
                async for response in responses:
                    yield response
        finally:
            socket.close()
            await self._end({task})

    async def aclose(self) -> None:
        """Wait shortly for what still runs, then cancel it."""
        self._closed = True
        await self._end(set(self._tasks))

    async def _connect(self, socket: _Socket, subgraph: str) -> None:
        try:
            async with asyncio.timeout(self._connect_seconds):
                subprotocol = await socket.accepted()
        except TimeoutError as error:
            raise SubgraphTimeout(subgraph, "the WebSocket was not accepted in time") from error
        except ChannelClosed as error:
            raise SubgraphUnreachable(subgraph, f"the WebSocket was refused: {error}") from error
        if subprotocol != SUBPROTOCOL:
            raise SubgraphBadResponse(subgraph, f"the WebSocket does not speak {SUBPROTOCOL}")

    def _start(self, running: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(running)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _end(self, tasks: set[asyncio.Task[None]]) -> None:
        if not tasks:
            return
        _, running = await asyncio.wait(tasks, timeout=self._close_seconds)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    def _app(self, subgraph: str) -> AsgiApp:
        if self._closed:
            raise SubgraphUnreachable(subgraph, "the router is shutting down")
        app = self._apps.get(subgraph)
        if app is None:
            raise SubgraphUnreachable(subgraph, "no application is known")
        return app

    def _scope(self, kind: str, headers: list[tuple[str, str]]) -> dict[str, Any]:
        raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
        return {
            "type": kind,
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "http" if kind == "http" else "ws",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"localhost"), *raw],
            "client": None,
            "server": None,
            "state": {},
        }


class _HttpExchange:
    """One request and its answer."""

    def __init__(self, request: SubgraphRequest, *, limit: int) -> None:
        self._request = request
        self._left = limit
        self._body_sent = False
        self._status = 0
        self._chunks: list[bytes] = []
        self.answer: asyncio.Future[SubgraphResponse] = asyncio.get_running_loop().create_future()
        self.disconnected = asyncio.Event()

    async def run(self, app: AsgiApp, scope: Scope) -> None:
        subgraph = self._request.subgraph
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - an application may raise anything; no server stands between to turn it into a 500
            _log.error("subgraph_application_failed", subgraph=subgraph, exc_info=error)
            self._fail(SubgraphBadResponse(subgraph, f"the application raised {type(error).__name__}: {error}"), error)
        else:
            self._fail(SubgraphBadResponse(subgraph, "the application ended without an answer"), None)

    async def _receive(self) -> Message:
        if not self._body_sent:
            self._body_sent = True
            return {"type": "http.request", "body": self._request.body, "more_body": False}
        await self.disconnected.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif message["type"] == "http.response.body":
            self._add(message.get("body", b""))
            if not message.get("more_body", False) and not self.answer.done():
                body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
                self.answer.set_result(SubgraphResponse(self._status, body))

    def _add(self, chunk: bytes) -> None:
        self._left -= len(chunk)
        if self._left < 0:
            self._chunks.clear()
            self._fail(SubgraphResponseTooLarge(self._request.subgraph, "the answer is longer than allowed"), None)
            # As where a client has gone: the application may otherwise never end.
            raise BrokenPipeError("the answer is longer than allowed")
        if not self.answer.done():
            self._chunks.append(chunk)

    def _fail(self, failure: SubgraphBadResponse, cause: Exception | None) -> None:
        if self.answer.done() or self.disconnected.is_set():
            return
        failure.__cause__ = cause
        self.answer.set_exception(failure)


class _Socket:
    """A WebSocket without a wire: two queues. Towards the application it is ASGI, towards the router a channel."""

    def __init__(self, subgraph: str) -> None:
        self._subgraph = subgraph
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._from_app: asyncio.Queue[Message] = asyncio.Queue(_WAITING_MESSAGES)
        self._closed = False

    async def run(self, app: AsgiApp, scope: Scope) -> None:
        code, reason = 1006, "the application ended"
        try:
            await app(scope, self._to_app.get, self._from_application)
        except Exception as error:  # noqa: BLE001 - as in _HttpExchange: this stands in the place of a server
            if not self._closed:
                _log.error("subgraph_application_failed", subgraph=self._subgraph, exc_info=error)
            code, reason = 1011, f"the application raised {type(error).__name__}"
        if not self._closed:
            await self._from_app.put({"type": "websocket.close", "code": code, "reason": reason})

    async def accepted(self) -> str | None:
        """Wait until the application accepts, and give the subprotocol that it chose."""
        message = await self._from_app.get()
        if message["type"] == "websocket.accept":
            subprotocol: str | None = message.get("subprotocol")
            return subprotocol
        raise ChannelClosed(message.get("code", 1006), message.get("reason") or "")

    async def send(self, message: bytes) -> None:
        self._to_app.put_nowait({"type": "websocket.receive", "text": message.decode()})

    async def receive(self) -> str | bytes:
        message = await self._from_app.get()
        if message["type"] != "websocket.send":
            raise ChannelClosed(message.get("code", 1000), message.get("reason") or "")
        text: str | None = message.get("text")
        if text is not None:
            return text
        content: bytes = message["bytes"]
        return content

    def close(self) -> None:
        """Tell the application that the client has gone; what it still sends is refused."""
        self._closed = True
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1000, "reason": ""})
        while not self._from_app.empty():
            self._from_app.get_nowait()

    async def _from_application(self, message: Message) -> None:
        if self._closed:
            # ASGI's WebSocket specification asks for an OSError where the client is gone.
            raise BrokenPipeError("the subscriber is gone")
        await self._from_app.put(message)
