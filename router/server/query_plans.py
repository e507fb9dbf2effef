"""Query plans in responses: `extensions.queryPlan`, for those who ask by a header, where the settings allow it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import orjson

from router.execution.incremental_formats import IncrementalFormat
from router.execution.request import GraphQLRequest, GraphQLResult, RequestContext
from router.planning.plan_json import plan_as_json
from router.planning.print_plan import print_plan
from router.server.engine_port import GraphQLEngine
from router.server.refusals import BadRequest, Refusal

HEADER = "router-query-plan"

# What people who come from Apollo's gateway and router have in their tools.
_GATEWAY_HEADER = "apollo-query-plan-experimental"
_APOLLO_HEADER = "apollo-expose-query-plan"
_NAMES = (HEADER, _APOLLO_HEADER, _GATEWAY_HEADER)
_RAW_NAMES = tuple(name.encode("ascii") for name in _NAMES)

_FORMATS = frozenset({"text", "json"})
_ONLY = "only"

_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_extensions = msgspec.json.Decoder(dict[str, msgspec.Raw] | None).decode


class QueryPlanRefused(Refusal):
    """Plans are not shown here, and the request wants nothing else."""

    status = 403
    code = "QUERY_PLAN_NOT_ALLOWED"

    def __init__(self) -> None:
        super().__init__("Query plans are switched off here: the setting query_plans turns them on.")


@dataclass(frozen=True, slots=True)
class WantedPlan:
    """How a client wants to see the plan.

    Attributes:
        text: as `python -m router plan` prints it.
        object: as JSON, see `router.planning.plan_json`.
        only: the operation is planned and not executed.
    """

    text: bool
    object: bool
    only: bool


class QueryPlans:
    """Runs operations for those who may have asked to see the plan, and shows it to them."""

    def __init__(self, engine: GraphQLEngine, *, allowed: bool) -> None:
        self._engine = engine
        self._allowed = allowed

    def wanted_by(self, headers: Mapping[bytes, bytes]) -> WantedPlan | None:
        """Read an HTTP request's headers; None where no plan is asked for, or shown.

        Raises:
            BadRequest: the header says what it must not.
            QueryPlanRefused: the plan alone is asked for, and the settings do not allow it.
        """
        for name, raw in zip(_NAMES, _RAW_NAMES, strict=True):
            if raw in headers:
                return self._permitted(_read(name, headers[raw].decode("latin-1")))
        return None

    def wanted_in(self, headers: Mapping[bytes, bytes], payload: Mapping[str, Any]) -> WantedPlan | None:
        """Read what a WebSocket asks for all its operations, in the handshake or the `connection_init` payload.

        Raises:
            As `wanted_by`.
        """
        nested = payload.get("headers")
        for source in (nested, payload) if isinstance(nested, Mapping) else (payload,):
            for given, value in source.items():
                if given.lower() in _NAMES and isinstance(value, str):
                    return self._permitted(_read(given.lower(), value))
        return self.wanted_by(headers)

    def _permitted(self, wanted: WantedPlan | None) -> WantedPlan | None:
        if self._allowed or wanted is None:
            return wanted
        if wanted.only:
            # To run an operation whose plan alone was asked for could change data that nobody meant to change.
            raise QueryPlanRefused
        return None

    async def execute(
        self, request: GraphQLRequest, context: RequestContext, wanted: WantedPlan | None
    ) -> GraphQLResult:
        """Execute an operation, and add its plan; with `only`, plan it and no more, whatever kind it is.

        Raises:
            RequestError: the operation cannot be planned.
        """
        if wanted is None:
            return await self._engine.execute(request, context)
        if wanted.only:
            extensions = {"queryPlan": self._shown(request, context, wanted)}
            return GraphQLResult(orjson.dumps({"data": None, "extensions": extensions}), has_data=False)
        result = await self._engine.execute(request, context)
        if result.is_request_error:
            return result
        return replace(result, body=self._added(result.body, self._shown(request, context, wanted)))

    def deliver(
        self, request: GraphQLRequest, context: RequestContext, shown: WantedPlan | None, *, wanted: IncrementalFormat
    ) -> AsyncGenerator[bytes, None] | None:
        """Run an operation that defers something, and add its plan to the first response; None where nothing does.

        Raises:
            RequestError: as the engine's `deliver`.
        """
        if shown is not None and shown.only:
            return None
        responses = self._engine.deliver(request, context, wanted=wanted)
        if responses is None or shown is None:
            return responses
        return self._with_plan(responses, self._shown(request, context, shown))

    def subscribe(
        self, request: GraphQLRequest, context: RequestContext, wanted: WantedPlan | None
    ) -> AsyncGenerator[bytes, None]:
        """Run a subscription, and add its plan to the first of its responses.

        Raises:
            RequestError: as the engine's `subscribe`.
        """
        responses = self._engine.subscribe(request, context)
        return responses if wanted is None else self._with_plan(responses, self._shown(request, context, wanted))

    async def _with_plan(
        self, responses: AsyncGenerator[bytes, None], shown: dict[str, Any]
    ) -> AsyncGenerator[bytes, None]:
        first = True
        async with aclosing(responses):
            async for response in responses:
                yield self._added(response, shown) if first else response
                first = False

    def _added(self, response: bytes, shown: dict[str, Any]) -> bytes:
        """Add the plan to a response; of its other values every byte stays."""
        try:
            members = _decode_members(response)
            extensions = _decode_extensions(members.get("extensions", b"{}")) or {}
        except msgspec.DecodeError:
            # What was passed on from a subgraph without being read can be broken. The client has to see it as it is.
            return response
        extensions["queryPlan"] = msgspec.Raw(orjson.dumps(shown))
        members["extensions"] = msgspec.Raw(msgspec.json.encode(extensions))
        return msgspec.json.encode(members)

    def _shown(self, request: GraphQLRequest, context: RequestContext, wanted: WantedPlan) -> dict[str, Any]:
        plan = self._engine.plan_of(request, context)
        shown: dict[str, Any] = {}
        if wanted.text:
            shown["text"] = print_plan(plan)
        if wanted.object:
            shown["object"] = plan_as_json(plan)
        return shown


def _read(name: str, value: str) -> WantedPlan | None:
    words = {word.strip().lower() for word in value.split(",")}
    if name == _GATEWAY_HEADER:
        return WantedPlan(text=True, object=True, only=False)
    if name == _APOLLO_HEADER:
        only = words == {"dry-run"}
        return WantedPlan(text=True, object=True, only=only) if only or words == {"true"} else None
    if not words <= _FORMATS | {_ONLY}:
        raise BadRequest(f"The header '{HEADER}' takes text, json and only, separated by commas.")
    formats = words & _FORMATS or _FORMATS
    return WantedPlan(text="text" in formats, object="json" in formats, only=_ONLY in words)
