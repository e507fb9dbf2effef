"""A subgraph's `/graphql`: plain ASGI around a Strawberry schema.

Strawberry's FastAPI route costs 75 µs over plain ASGI, more than a small resolver itself: this handler takes POST, and
hands WebSockets to Strawberry's implementation of graphql-transport-ws.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.federation import Schema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UnsetType

from subgraphs.common.context import BaseContext, Caller, headers_of
from subgraphs.common.errors import AccessError, ServiceUnavailable
from subgraphs.common.identity import Principal, ServiceTokens, TokenVerifier
from subgraphs.common.ids import new_id
from subgraphs.common.logs import REQUEST_ID_HEADER
from subgraphs.common.schema import public_error
from subgraphs.common.service_client import SERVICE_TOKEN_HEADER

log = structlog.get_logger(__name__)
ContextFactory = Callable[[Caller, bool], BaseContext]
"""Builds a request's context from its caller; the flag says whether it belongs to a WebSocket."""

_MAX_BODY_BYTES: Final = 2_000_000
_INIT_TIMEOUT: Final = timedelta(seconds=10)
_DEFAULT_SECONDS: Final = 30.0
_LONGEST_REQUEST_ID: Final = 128
_JSON_HEADERS: Final = ((b"content-type", b"application/json"),)


class BodyTooLarge(Exception):
    """The request's body is beyond the limit."""


class Callers:
    """Works out who sent a request."""

    def __init__(self, verifier: TokenVerifier, tokens: ServiceTokens) -> None:
        self._verifier = verifier
        self._tokens = tokens

    async def identify(self, headers: Mapping[str, str], address: str) -> Caller:
        """Build the caller from headers (lower-case names)."""
        request_id = headers.get(REQUEST_ID_HEADER, "")
        if not request_id or len(request_id) > _LONGEST_REQUEST_ID or not request_id.isprintable():
            request_id = new_id()
        return Caller(
            request_id=request_id,
            address=headers.get("x-forwarded-for", address).split(",", 1)[0].strip(),
            identity=await self._person(headers.get("authorization")),
            service=self._service(headers.get(SERVICE_TOKEN_HEADER)),
        )

    async def _person(self, authorization: str | None) -> Principal | AccessError | None:
        if not authorization:
            return None
        scheme, _, token = authorization.partition(" ")
        try:
            return await self._verifier.verify(token.strip() if scheme.lower() == "bearer" else "")
        except AccessError as error:
            return error

    def _service(self, token: str | None) -> str | AccessError | None:
        if token is None:
            return None
        try:
            return self._tokens.check(token)
        except AccessError as error:
            return error


class GraphQLEndpoint:
    """An ASGI application that serves one schema."""

    def __init__(self, schema: Schema, callers: Callers, make_context: ContextFactory) -> None:
        self._schema = schema
        self._callers = callers
        self._make_context = make_context
        self._sockets = _Sockets(schema, callers, make_context)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
        elif scope["method"] == "POST":
            await self._post(scope, receive, send)
        else:
            await _send(send, 405, b'{"errors":[{"message":"Send GraphQL requests with POST."}]}')

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            request = orjson.loads(await _read_body(receive))
        except BodyTooLarge:
            await _send(send, 413, _request_error("The request is too large."))
            return
        except orjson.JSONDecodeError:
            await _send(send, 400, _request_error("The body is not JSON."))
            return
        if not isinstance(request, dict) or not isinstance(request.get("query"), str):
            await _send(send, 400, _request_error('The body needs a query: {"query": "…"}.'))
            return
        headers = headers_of(scope["headers"])
        caller = await self._callers.identify(headers, (scope.get("client") or ("", 0))[0])
        with structlog.contextvars.bound_contextvars(request_id=caller.request_id):
            status, body = await self._execute(request, caller, _seconds_left(headers))
        await _send(send, status, body)

    async def _execute(self, request: dict[str, Any], caller: Caller, seconds: float) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(seconds):
                result = await self._schema.execute(
                    request["query"],
                    variable_values=request.get("variables"),
                    operation_name=request.get("operationName"),
                    context_value=self._make_context(caller, False),  # noqa: FBT003 - a callable has no keywords
                )
        except TimeoutError:
            log.warning("request.timeout", seconds=seconds)
            return 504, _request_error(ServiceUnavailable().message, ServiceUnavailable.code)
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [public_error(error).formatted for error in result.errors]
        return 200, orjson.dumps(answer)


class _Sockets(GraphQL[BaseContext, None]):
    """Strawberry's WebSocket protocol; who calls is told by `connection_init`, or by the handshake's headers."""

    def __init__(self, schema: Schema, callers: Callers, make_context: ContextFactory) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=_INIT_TIMEOUT,
            max_subscriptions_per_connection=None,
        )
        self._callers = callers
        self._make_context = make_context

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002 - the base class's signature
    ) -> BaseContext:
        return self._make_context(await self._caller(request, {}), True)  # noqa: FBT003 - a callable has no keywords

    async def on_ws_connect(self, context: BaseContext) -> UnsetType:
        told = {name.lower(): str(value) for name, value in (context.connection_params or {}).items()}
        if told:
            context.caller = await self._callers.identify(
                {REQUEST_ID_HEADER: context.caller.request_id, **told}, context.caller.address
            )
        return UnsetType()

    async def _caller(self, request: Request | WebSocket, told: Mapping[str, str]) -> Caller:
        address = request.client.host if request.client is not None else ""
        return await self._callers.identify({**headers_of(request.scope["headers"]), **told}, address)


async def _read_body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > _MAX_BODY_BYTES:
            raise BodyTooLarge
        return body
    chunks, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > _MAX_BODY_BYTES:
            raise BodyTooLarge
    return b"".join(chunks)


def _seconds_left(headers: Mapping[str, str]) -> float:
    try:
        return min(max(int(headers["x-deadline-ms"]), 1) / 1000, _DEFAULT_SECONDS)
    except (KeyError, ValueError):
        return _DEFAULT_SECONDS


def _request_error(message: str, code: str = "BAD_REQUEST") -> bytes:
    return orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})


async def _send(send: Send, status: int, body: bytes) -> None:
    headers = [*_JSON_HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
