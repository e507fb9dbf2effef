"""`/graphql` over HTTP: GraphQL over HTTP, and as several responses where the client takes them."""

from __future__ import annotations

import orjson
from graphql.language import OperationType

from router.config import RouterConfig
from router.errors import RequestError
from router.execution.refusal import formatted_errors
from router.execution.request import GraphQLRequest, RequestContext
from router.server.callers import Callers
from router.server.csrf import CrossSiteGuard
from router.server.departure import unless_gone
from router.server.engine_port import GraphQLEngine
from router.server.event_stream import EventStreams
from router.server.exchange import Exchange
from router.server.forwarding import HeaderForwarding
from router.server.multipart import MultipartResponses
from router.server.negotiation import Accepted, MediaType, negotiate
from router.server.query_plans import QueryPlans, WantedPlan
from router.server.refusals import BadRequest, MethodRefused, NothingAcceptable, Refusal
from router.server.request_parsing import check_content_type, from_body, from_query_string

_ALLOWED = "GET, POST, OPTIONS"


class GraphQLHttp:
    """Answers GraphQL requests over HTTP."""

    def __init__(
        self,
        engine: GraphQLEngine,
        *,
        config: RouterConfig,
        forwarding: HeaderForwarding,
        guard: CrossSiteGuard,
        streams: EventStreams,
        plans: QueryPlans,
        callers: Callers,
    ) -> None:
        self._engine = engine
        self._plans = plans
        self._body_bytes = config.limits.body_bytes
        self._timeout = config.limits.timeout_seconds
        self._forwarding = forwarding
        self._guard = guard
        self._streams = streams
        self._callers = callers
        self._multipart = MultipartResponses(slow_client_seconds=config.limits.slow_client_seconds)

    async def handle(self, exchange: Exchange) -> None:
        """Answer one request, refusals included."""
        accepted = negotiate(exchange.headers.get(b"accept"))
        # A refusal is told even to a client that accepts nothing of ours.
        media_type = accepted.response or MediaType.JSON
        try:
            request = await self._read(exchange, accepted)
            await self._answer(exchange, request, accepted)
        except Refusal as refusal:
            await exchange.refuse(refusal, media_type.content_type)
        except RequestError as error:
            await self._respond_refused(exchange, error, media_type)

    async def _read(self, exchange: Exchange, accepted: Accepted) -> GraphQLRequest:
        if exchange.method == "POST":
            check_content_type(exchange.headers)
            return from_body(await exchange.body(limit=self._body_bytes, seconds=self._timeout))
        if exchange.method == "GET":
            self._guard.check(exchange, accepted)
            return from_query_string(exchange.query_string)
        raise MethodRefused(f"The method {exchange.method} is not served here.", allow=_ALLOWED)

    async def _answer(self, exchange: Exchange, request: GraphQLRequest, accepted: Accepted) -> None:
        kind = self._engine.kind_of(request)
        exchange.operation["kind"] = kind.value
        if request.operation_name is not None:
            exchange.operation["name"] = request.operation_name
        if kind is OperationType.MUTATION and exchange.method == "GET":
            raise MethodRefused("A mutation has to be sent with POST.", allow="POST")
        wanted = self._plans.wanted_by(exchange.headers)
        only = wanted is not None and wanted.only
        if kind is OperationType.SUBSCRIPTION and not only:
            await self._stream(exchange, request, accepted, wanted)
            return
        if accepted.response is None and not accepted.events and accepted.parts is None:
            raise NothingAcceptable(
                "The answer is one of application/graphql-response+json, application/json, text/event-stream and "
                "multipart/mixed."
            )
        context = await self._context(exchange)
        if await self._deliver(exchange, request, context, accepted=accepted, plan=wanted, kind=kind):
            return
        execution = self._plans.execute(request, context, wanted)
        # What a mutation does is done: its client may be gone, but whoever asks next has to find it whole.
        result = await (execution if kind is OperationType.MUTATION else unless_gone(exchange, execution))
        if result.error_codes:
            exchange.operation["codes"] = result.error_codes
        if accepted.prefers_events:
            await self._streams.serve_one(exchange, result.body)
            return
        if accepted.response is None and accepted.parts is not None:
            await self._multipart.serve_one(exchange, result.body, accepted.parts)
            return
        media_type = accepted.response or MediaType.JSON
        status = _status(media_type) if result.is_request_error else 200
        await exchange.respond(status, media_type.content_type, result.body)

    async def _deliver(
        self,
        exchange: Exchange,
        request: GraphQLRequest,
        context: RequestContext,
        *,
        accepted: Accepted,
        plan: WantedPlan | None,
        kind: OperationType,
    ) -> bool:
        """Answer with several responses, where the operation defers something and the client takes them."""
        # An event stream that is closed ends what it runs, and a mutation has to be done to its end.
        by_events = accepted.prefers_events and kind is OperationType.QUERY
        wanted = accepted.event_format if by_events else accepted.parts
        if wanted is None:
            return False
        responses = self._plans.deliver(request, context, plan, wanted=wanted)
        if responses is None:
            return False
        if by_events:
            await self._streams.serve(exchange, responses)
        else:
            await self._multipart.serve(exchange, responses, wanted=wanted, kind=kind)
        return True

    async def _stream(
        self, exchange: Exchange, request: GraphQLRequest, accepted: Accepted, wanted: WantedPlan | None
    ) -> None:
        if not accepted.events:
            raise NothingAcceptable(
                "A subscription needs 'accept: text/event-stream', or a WebSocket that speaks graphql-transport-ws."
            )
        await self._streams.serve(exchange, self._plans.subscribe(request, await self._context(exchange), wanted))

    async def _context(self, exchange: Exchange) -> RequestContext:
        context = RequestContext(
            headers=self._forwarding.from_http(exchange.headers, exchange.request_id, client=exchange.client),
            timeout=self._timeout,
            request_id=exchange.request_id,
            label_key=exchange.request_id,
        )
        return await self._callers.complete(context, exchange.headers)

    async def _respond_refused(self, exchange: Exchange, error: RequestError, media_type: MediaType) -> None:
        exchange.operation["codes"] = (error.code,)
        body = orjson.dumps({"errors": formatted_errors(error)})
        await exchange.respond(_status(media_type), media_type.content_type, body)


def _status(media_type: MediaType) -> int:
    """Give the status of a response without data (GraphQL over HTTP, section 6.4).

    To a client of the older media type a status other than 200 could come from anything on the way, so the response
    would not be looked at.
    """
    return BadRequest.status if media_type is MediaType.GRAPHQL_RESPONSE else 200
