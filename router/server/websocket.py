"""`/graphql` over a WebSocket: one client speaking graphql-transport-ws, any number of operations at a time.

Messages are written straight from each operation's task, without a queue between: what a client leaves unread stays in
the server's send buffer (64 KiB), then the operations wait, and a client that makes one wait too long is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from graphql.language import OperationType

from router.config import LimitSettings
from router.errors import RequestError
from router.execution.incremental_formats import IncrementalFormat
from router.execution.refusal import formatted_errors
from router.execution.request import GraphQLRequest, RequestContext
from router.server.asgi_types import Receive, Send
from router.server.callers import Callers
from router.server.departure import to_its_end
from router.server.engine_port import GraphQLEngine
from router.server.exchange import ClientGone
from router.server.forwarding import HeaderForwarding, UnfitHeader
from router.server.query_plans import QueryPlans, WantedPlan
from router.server.refusals import InternalError, Refusal
from router.server.websocket_messages import (
    PONG,
    SUBPROTOCOL,
    BadMessage,
    ClientMessage,
    CloseCode,
    acknowledgement,
    complete_message,
    error_message,
    next_message,
    read_init,
    read_message,
    read_subscribe,
    request_error_message,
)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Closing:
    """How a socket ends, and whether it was the client that ended it."""

    code: int
    reason: str
    by_client: bool = False


@dataclass(frozen=True, slots=True)
class Handshake:
    """What came with the request that opened a socket.

    Attributes:
        headers: lower-case names.
        request_id: goes to the client, the subgraphs and the log.
        client: the client's address, empty where the server does not know it.
    """

    headers: Mapping[bytes, bytes]
    request_id: str
    client: str


class TooManyOperations(RequestError):
    """The socket runs as many operations as it may; this one is refused, the others go on."""

    code = "TOO_MANY_OPERATIONS"

    def __init__(self, limit: int) -> None:
        super().__init__(f"No more than {limit} operations can run on one connection at a time.")


class GraphQLSocket:
    """One client's connection."""

    def __init__(
        self,
        engine: GraphQLEngine,
        *,
        limits: LimitSettings,
        forwarding: HeaderForwarding,
        plans: QueryPlans,
        callers: Callers,
        handshake: Handshake,
        receive: Receive,
        send: Send,
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._forwarding = forwarding
        self._plans = plans
        self._callers = callers
        self._wanted: WantedPlan | None = None
        self._headers = handshake.headers
        self._request_id = handshake.request_id
        self._client = handshake.client
        self._receive = receive
        self._asgi_send = send
        self._context: RequestContext | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._closing: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()

    async def run(self, subprotocols: list[str]) -> int:
        """Serve the connection until it ends, and give the close code."""
        await self._receive()
        spoken = SUBPROTOCOL in subprotocols
        await self._asgi_send(
            {
                "type": "websocket.accept",
                "subprotocol": SUBPROTOCOL if spoken else None,
                "headers": [(b"x-request-id", self._request_id.encode("ascii"))],
            }
        )
        if not spoken:
            self.close(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")
        init_timer = asyncio.get_running_loop().call_later(
            self._limits.connection_init_seconds,
            self._unless_initialised,
        )
        reader = asyncio.create_task(self._read())
        either: set[asyncio.Future[Any]] = {reader, self._closing}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not self._closing.done():
                # The reader ends by closing; if it has not, it has failed, and says how.
                reader.result()
            closing = await self._closing
            await self._finish(closing)
            return closing.code
        finally:
            init_timer.cancel()
            await _cancel(reader, *self._operations.values())

    def close(self, code: int, reason: str) -> None:
        """End the connection; of several reasons the first counts."""
        self._closed(Closing(code, reason))

    def _closed(self, closing: Closing) -> None:
        if not self._closing.done():
            self._closing.set_result(closing)

    def _unless_initialised(self) -> None:
        if self._context is None:
            self.close(CloseCode.INIT_TIMEOUT, "Connection initialisation timeout")

    async def _finish(self, closing: Closing) -> None:
        """Say goodbye, unless it is the client that went."""
        running = list(self._operations)
        await _cancel(*self._operations.values())
        if closing.by_client:
            return
        with suppress(OSError):
            if closing.code == CloseCode.GOING_AWAY:
                for operation_id in running:
                    await self._write(complete_message(operation_id))
            await self._asgi_send({"type": "websocket.close", "code": int(closing.code), "reason": closing.reason})

    # ---- from the client ---------------------------------------------------------------------------------------------
    async def _read(self) -> None:
        """Handle messages until the client goes or sends what it must not."""
        while not self._closing.done():
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                self._closed(Closing(event.get("code", 1005), event.get("reason") or "", by_client=True))
                return
            try:
                await self._on_message(read_message(event.get("text") or ""))
            except BadMessage as error:
                self.close(CloseCode.BAD_MESSAGE, str(error))
            except ClientGone:
                # The disconnect event that comes next has the code.
                continue

    async def _on_message(self, message: ClientMessage) -> None:
        match message.type:
            case "subscribe":
                await self._on_subscribe(message)
            case "complete":
                self._on_complete(message)
            case "ping":
                await self._send(PONG)
            case "pong":
                return
            case "connection_init":
                await self._on_init(message)
            case _:
                raise BadMessage("Unknown message type")

    async def _on_init(self, message: ClientMessage) -> None:
        if self._context is not None:
            self.close(CloseCode.TOO_MANY_INITS, "Too many initialisation requests")
            return
        payload = read_init(message)
        try:
            headers = self._forwarding.from_socket(self._headers, payload, self._request_id, client=self._client)
            self._wanted = self._plans.wanted_in(self._headers, payload)
        except (UnfitHeader, Refusal) as error:
            raise BadMessage(f"The connection_init payload is refused: {error}"[:120]) from error
        context = RequestContext(headers, self._limits.timeout_seconds, self._request_id, label_key=self._request_id)
        try:
            self._context = await self._callers.complete(context, self._headers, payload)
        except RequestError as error:
            self.close(CloseCode.FORBIDDEN, f"Forbidden: {error.code}"[:120])
            return
        await self._send(acknowledgement(self._request_id))

    async def _on_subscribe(self, message: ClientMessage) -> None:
        context = self._context
        if context is None:
            self.close(CloseCode.UNAUTHORIZED, "Unauthorized")
            return
        operation_id, request = read_subscribe(message)
        if operation_id in self._operations:
            self.close(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {operation_id[:64]} already exists")
            return
        limit = self._limits.operations_per_connection
        if len(self._operations) >= limit:
            # Answered here and not in a task, so that a client cannot have more of these than it reads.
            await self._refuse(operation_id, TooManyOperations(limit))
            return
        task = asyncio.create_task(self._operate(operation_id, request, context))
        self._operations[operation_id] = task
        task.add_done_callback(partial(self._forget, operation_id))

    def _on_complete(self, message: ClientMessage) -> None:
        task = self._operations.pop(message.id or "", None)
        if task is not None:
            task.cancel()

    def _forget(self, operation_id: str, task: asyncio.Task[None]) -> None:
        # The client may have completed this operation and begun another under the same id meanwhile.
        if self._operations.get(operation_id) is task:
            del self._operations[operation_id]

    # ---- to the client -----------------------------------------------------------------------------------------------
    async def _operate(self, operation_id: str, request: GraphQLRequest, context: RequestContext) -> None:
        """Run one operation to its end."""
        try:
            kind = self._engine.kind_of(request)
            if kind is OperationType.SUBSCRIPTION and not (self._wanted and self._wanted.only):
                responses = self._plans.subscribe(request, context, self._wanted)
                async with aclosing(responses):
                    async for response in responses:
                        await self._send(next_message(operation_id, response))
            elif (parts := self._incremental(request, context)) is not None:
                sending = self._send_each(operation_id, parts, asyncio.current_task())
                await (to_its_end(sending) if kind is OperationType.MUTATION else sending)
            else:
                execution = self._plans.execute(request, context, self._wanted)
                result = await (to_its_end(execution) if kind is OperationType.MUTATION else execution)
                if result.is_request_error:
                    await self._send(request_error_message(operation_id, result.body))
                    return
                await self._send(next_message(operation_id, result.body))
            await self._send(complete_message(operation_id))
        except ClientGone:
            return
        except RequestError as error:
            await self._refuse(operation_id, error)
        except Exception as error:  # noqa: BLE001 - nothing of an unforeseen failure may reach the client but that it was
            _log.error("operation_failed", request_id=context.request_id, exc_info=error)
            await self._refuse(operation_id, InternalError())

    def _incremental(self, request: GraphQLRequest, context: RequestContext) -> AsyncGenerator[bytes, None] | None:
        return self._plans.deliver(request, context, self._wanted, wanted=IncrementalFormat.DEFER_2022)

    async def _send_each(
        self, operation_id: str, responses: AsyncGenerator[bytes, None], operation: asyncio.Task[object] | None
    ) -> None:
        """Send responses as long as somebody waits for them."""
        async with aclosing(responses):
            async for response in responses:
                if operation is not None and operation.cancelling():
                    return
                await self._send(next_message(operation_id, response))

    async def _refuse(self, operation_id: str, error: RequestError) -> None:
        with suppress(ClientGone):
            await self._send(error_message(operation_id, formatted_errors(error)))

    async def _send(self, text: str) -> None:
        """Send a message, or close the connection if the client does not read.

        Raises:
            ClientGone: there is no connection any more.
        """
        try:
            await self._write(text)
        except TimeoutError:
            self.close(CloseCode.TRY_AGAIN_LATER, "The client reads too slowly")
        except OSError as error:
            raise ClientGone from error

    async def _write(self, text: str) -> None:
        async with asyncio.timeout(self._limits.slow_client_seconds):
            await self._asgi_send({"type": "websocket.send", "text": text})


async def _cancel(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
