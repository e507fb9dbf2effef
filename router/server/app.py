"""The router as an ASGI application.

It is plain ASGI: on the machine that this was planned on, a framework's route costs 75 µs of CPU for each request and a
mount 30, where everything else that the router does for a small cached query costs about 80.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import orjson
import structlog

from router.config import RouterConfig
from router.server.asgi_types import Receive, Scope, Send
from router.server.callers import Callers, Identify
from router.server.cors import CorsPolicy, is_own_origin
from router.server.csrf import CrossSiteGuard
from router.server.engine_port import GraphQLEngine
from router.server.event_stream import EventStreams
from router.server.exchange import ClientGone, Exchange, client_of, request_id_of
from router.server.forwarding import HeaderForwarding
from router.server.graphiql_page import GraphiQLPage
from router.server.graphql_http import GraphQLHttp
from router.server.negotiation import MediaType, negotiate
from router.server.query_plans import QueryPlans
from router.server.refusals import InternalError, MethodRefused, Refusal, UnknownPath
from router.server.websocket import GraphQLSocket, Handshake
from router.server.websocket_messages import CloseCode

GRAPHQL_PATH = "/graphql"
GRAPHIQL_PATH = "/graphiql"

_log = structlog.get_logger(__name__)
_access_log = structlog.get_logger("router.access")

Close = Callable[[], Awaitable[None]]


class RouterApp:
    """Routes what comes in: `/graphql` in all its forms, GraphiQL, `/health` and `/ready`."""

    def __init__(
        self,
        engine: GraphQLEngine,
        config: RouterConfig,
        *,
        close: Close | None = None,
        identify: Identify | None = None,
    ) -> None:
        """Wire the parts.

        Args:
            engine: answers GraphQL requests.
            config: the settings.
            close: called once when the lifespan ends, to close what the engine uses.
            identify: tells who sends a request; None takes everybody for anonymous.
        """
        self._engine = engine
        self._config = config
        self._close = close
        self._forwarding = HeaderForwarding(config.propagate_headers)
        self._cors = CorsPolicy(config.cors)
        self._streams = EventStreams(slow_client_seconds=config.limits.slow_client_seconds)
        self._callers = Callers(identify, label_header=config.override_label_header)
        self._plans = QueryPlans(engine, allowed=config.shows_query_plans)
        self._graphql = GraphQLHttp(
            engine,
            config=config,
            forwarding=self._forwarding,
            guard=CrossSiteGuard(config.csrf, self._cors),
            streams=self._streams,
            plans=self._plans,
            callers=self._callers,
        )
        self._graphiql = (
            GraphiQLPage(
                config.graphiql,
                graphql_path=GRAPHQL_PATH,
                base_path=GRAPHIQL_PATH,
                query_plans=config.shows_query_plans,
            )
            if config.graphiql.enabled
            else None
        )
        self._sockets: dict[GraphQLSocket, asyncio.Event] = {}
        self._draining = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, one WebSocket, or the lifespan (ASGI 3)."""
        match scope["type"]:
            case "http":
                await self._http(Exchange(scope, receive, send))
            case "websocket":
                await self._websocket(scope, receive, send)
            case "lifespan":
                await self._lifespan(receive, send)
            case other:
                raise NotImplementedError(f"ASGI scopes of type {other} are not served")

    async def drain(self) -> None:
        """Stop taking subscriptions, end those that run, and close every WebSocket with 1001.

        It takes `shutdown_seconds` at most, and may be called more than once.
        """
        self._draining = True
        await self._streams.drain()
        for socket in self._sockets:
            socket.close(CloseCode.GOING_AWAY, "Going away")
        ended = [asyncio.create_task(event.wait()) for event in self._sockets.values()]
        if ended:
            _, open_still = await asyncio.wait(ended, timeout=self._config.shutdown_seconds / 2)
            for waiting in open_still:
                waiting.cancel()

    # ---- HTTP --------------------------------------------------------------------------------------------------------
    async def _http(self, exchange: Exchange) -> None:
        structlog.contextvars.bind_contextvars(request_id=exchange.request_id)
        try:
            origin = exchange.headers.get(b"origin")
            if origin is not None:
                exchange.cors = self._cors.headers(origin)
            await self._route(exchange)
        except Refusal as refusal:
            await exchange.refuse(refusal)
        except ClientGone:
            exchange.operation["client"] = "gone"
        except Exception as error:  # noqa: BLE001 - the last resort: a client gets a clean 500, the log gets the cause
            _log.error("request_failed", exc_info=error)
            if exchange.status == 0:
                await exchange.refuse(InternalError())
        finally:
            self._log_access(exchange)

    async def _route(self, exchange: Exchange) -> None:
        path = exchange.path.removeprefix(exchange.root_path) if exchange.root_path else exchange.path
        if path == GRAPHQL_PATH:
            await self._route_graphql(exchange)
        elif path == "/health":
            await self._status(exchange, 200, "up")
        elif path == "/ready":
            await self._status(exchange, *((503, "stopping") if self._draining else (200, "ready")))
        elif self._graphiql is not None and path in {GRAPHIQL_PATH, GRAPHIQL_PATH + "/"}:
            await self._graphiql.page(exchange)
        elif self._graphiql is not None and path.startswith(GRAPHIQL_PATH + "/"):
            await self._graphiql.file(exchange, path.removeprefix(GRAPHIQL_PATH + "/"))
        elif self._graphiql is not None and path == "/" and exchange.method == "GET":
            location = (exchange.root_path + GRAPHIQL_PATH).encode()
            await exchange.respond(302, MediaType.HTML.content_type, b"", [(b"location", location)])
        else:
            raise UnknownPath("Nothing is served at this path; GraphQL is at /graphql.")

    async def _route_graphql(self, exchange: Exchange) -> None:
        if exchange.method == "POST":
            await self._graphql.handle(exchange)
        elif exchange.method == "OPTIONS":
            origin = exchange.headers.get(b"origin", b"")
            wanted = exchange.headers.get(b"access-control-request-headers")
            headers = ((b"allow", b"GET, POST, OPTIONS"), *self._cors.preflight(origin, wanted))
            await exchange.respond(204, MediaType.JSON.content_type, b"", headers)
        elif self._graphiql is not None and negotiate(exchange.headers.get(b"accept")).page:
            await self._graphiql.page(exchange)
        else:
            await self._graphql.handle(exchange)

    async def _status(self, exchange: Exchange, status: int, word: str) -> None:
        if exchange.method not in {"GET", "HEAD"}:
            raise MethodRefused(f"The method {exchange.method} is not served here.", allow="GET, HEAD")
        body = orjson.dumps({"status": word})
        await exchange.respond(status, MediaType.JSON.content_type, body, [(b"cache-control", b"no-store")])

    def _log_access(self, exchange: Exchange) -> None:
        if not self._config.log.access:
            return
        milliseconds = round((time.perf_counter() - exchange.started) * 1000, 2)
        # What watches the router asks every second or two; that would drown everything else.
        log = _access_log.debug if exchange.path in {"/health", "/ready"} else _access_log.info
        log(
            "request",
            method=exchange.method,
            path=exchange.path,
            status=exchange.status,
            milliseconds=milliseconds,
            **exchange.operation,
        )

    # ---- WebSocket ---------------------------------------------------------------------------------------------------
    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = request_id_of(headers)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        root_path = scope.get("root_path", "")
        if scope["path"].removeprefix(root_path) != GRAPHQL_PATH or self._draining or not self._welcomes(headers):
            # A close before the handshake is done is an HTTP 403 (ASGI, WebSocket connection scope).
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        started = time.perf_counter()
        socket = GraphQLSocket(
            self._engine,
            limits=self._config.limits,
            forwarding=self._forwarding,
            plans=self._plans,
            callers=self._callers,
            handshake=Handshake(headers, request_id, client_of(scope)),
            receive=receive,
            send=send,
        )
        self._sockets[socket] = ended = asyncio.Event()
        code = 1006
        try:
            code = await socket.run(scope["subprotocols"])
        finally:
            del self._sockets[socket]
            ended.set()
            if self._config.log.access:
                seconds = round(time.perf_counter() - started, 3)
                _access_log.info("websocket", path=scope["path"], code=int(code), seconds=seconds)

    def _welcomes(self, headers: dict[bytes, bytes]) -> bool:
        """Tell whether a page of this origin may open a WebSocket: browsers do not ask first, they only say."""
        origin = headers.get(b"origin")
        return origin is None or is_own_origin(origin, headers.get(b"host")) or self._cors.allows(origin)

    # ---- lifespan ----------------------------------------------------------------------------------------------------
    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.aclose()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def aclose(self) -> None:
        """End everything: subscriptions, sockets, and what the engine uses."""
        await self.drain()
        if self._close is not None:
            close, self._close = self._close, None
            await close()


def create_app(
    engine: GraphQLEngine, config: RouterConfig, *, close: Close | None = None, identify: Identify | None = None
) -> RouterApp:
    """Make the application; see `RouterApp`."""
    return RouterApp(engine, config, close=close, identify=identify)
