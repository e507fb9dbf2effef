"""Services behind the real router: what it answers, and exactly which requests it makes for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
import pytest
from graphql import parse

from router.composition import SubgraphSource, compose
from router.execution.engine import Engine
from router.execution.request import NOBODY, GraphQLRequest, RequestContext
from router.planning.plan import QueryPlan
from router.supergraph import Supergraph, load_supergraph
from router.transport.base import SubgraphRequest
from router.transport.mock import MockTransport
from tests.router.planning.shape import CheckedPlanner, missing
from tests.router.rules.service import Service

__all__ = ["Answer", "Case", "Federation", "cases", "federation", "join"]

_LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@provides", '
    '"@external", "@shareable", "@override", "@inaccessible", "@interfaceObject", "@tag"])\n'
)
_TIMES = 2  # the first answer is completed by the book, later ones by generated code

Case = tuple[str, Any, str]
"""An operation, the data that it must give, and the requests: `a > b + c` are two levels; `!` marks a mutation."""


def cases(named: Mapping[str, Case]) -> pytest.MarkDecorator:
    """Parametrise a test by cases that have names."""
    return pytest.mark.parametrize("case", named.values(), ids=named.keys())


@dataclass(frozen=True)
class Answer:
    """A response and the requests behind it."""

    body: dict[str, Any]
    requests: list[tuple[str, str, dict[str, Any]]]
    plan: QueryPlan | None
    complaints: list[str]

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def errors(self) -> list[dict[str, Any]]:
        return list(self.body.get("errors", ()))

    @property
    def problems(self) -> list[tuple[str, Any, Any]]:
        """Each error's code, path and service."""
        return [
            (error["extensions"]["code"], error.get("path"), error["extensions"].get("service"))
            for error in self.errors
        ]

    @property
    def sent(self) -> str:
        """The requests that were made, level by level."""
        if self.plan is None:
            return ""
        level_of: dict[int, int] = {}
        for step in self.plan.steps:
            level_of[step.id] = 1 + max((level_of[need] for need in step.depends_on), default=0)
        left = list(self.plan.steps)
        levels: dict[int, list[str]] = {}
        for subgraph, document, _ in self.requests:
            step = next(item for item in left if (item.subgraph, item.document) == (subgraph, document))
            left.remove(step)
            mark = "!" if document.startswith("mutation") else ""
            levels.setdefault(level_of[step.id], []).append(subgraph + mark)
        return " > ".join(" + ".join(sorted(levels[level])) for level in sorted(levels))

    def representations(self, number: int) -> Any:
        """The representations of one request."""
        return self.requests[number][2]["representations"]


@dataclass
class Federation:
    """Services and the supergraph over them: composed, or given as SDL where another composer's output is the point."""

    services: Mapping[str, Service]
    sdl: str | None = None
    link: str = _LINK
    transport: MockTransport = field(init=False)

    @cached_property
    def supergraph(self) -> Supergraph:
        if self.sdl is not None:
            return load_supergraph(self.sdl)
        sources = [
            SubgraphSource(name, f"http://{name}.test/graphql", self.link + service.sdl)
            for name, service in self.services.items()
        ]
        return load_supergraph(compose(sources).supergraph_sdl)

    @cached_property
    def engine(self) -> Engine:
        def respond(request: SubgraphRequest) -> bytes:
            body = orjson.loads(request.body)
            return orjson.dumps(self.services[request.subgraph].answer(body["query"], body.get("variables") or {}))

        def stream(request: SubgraphRequest) -> Iterable[dict[str, Any]]:
            body = orjson.loads(request.body)
            return self.services[request.subgraph].stream(body["query"], body.get("variables") or {})

        services = self.services
        self.transport = MockTransport(dict.fromkeys(services, respond), streamers=dict.fromkeys(services, stream))
        return Engine(self.supergraph, planner=CheckedPlanner(self.supergraph), transport=self.transport)

    async def run(self, query: str, /, *, context: RequestContext = NOBODY, **variables: Any) -> Answer:
        """Run an operation twice; the answers and the requests have to be the same."""
        first: Answer | None = None
        for _ in range(_TIMES):
            answer = await self._once(GraphQLRequest(query, variables=variables), context)
            assert first is None or (answer.body, answer.requests) == (first.body, first.requests)
            first = answer
        assert first is not None
        return first

    async def _once(self, request: GraphQLRequest, context: RequestContext) -> Answer:
        engine = self.engine
        self.transport.requests.clear()
        for service in self.services.values():
            service.complaints.clear()
        result = await engine.execute(request, context)
        requests = []
        for item in self.transport.requests:
            body = orjson.loads(item.body)
            requests.append((item.subgraph, body["query"], body.get("variables") or {}))
        complaints = [f"{name} {text}" for name, item in self.services.items() for text in item.complaints]
        plan = None if result.is_request_error else engine.plan_of(request, context)
        return Answer(orjson.loads(result.body), requests, plan, complaints)

    async def events(self, query: str, **variables: Any) -> tuple[list[dict[str, Any]], str]:
        """Run a subscription: the answers to its events, and the subgraphs in the order in which they were asked."""
        engine = self.engine
        self.transport.requests.clear()
        stream = engine.subscribe(GraphQLRequest(query, variables=variables), NOBODY)
        bodies = [orjson.loads(body) async for body in stream]
        complaints = [text for item in self.services.values() for text in item.complaints]
        assert complaints == []
        return bodies, " ".join(request.subgraph for request in self.transport.requests)

    async def answers(self, case: Case, *, absent: Iterable[str] = (), **variables: Any) -> Answer:
        """Assert data, its order, the requests by level, no error and no complaint.

        Args:
            case: the operation and what must come of it.
            absent: types that the plan may leave out, because nobody returns them (rules 20 and 21).
            variables: of the operation.
        """
        query, data, sent = case
        answer = await self.run(query, **variables)
        assert answer.complaints == []
        assert answer.errors == []
        assert json.dumps(answer.data) == json.dumps(data)
        assert answer.sent == sent
        assert answer.plan is not None
        lacking = [text.rpartition(" on ") for text in missing(self.supergraph, answer.plan)]
        assert [path for path, _, types in lacking if not set(types.split("|")) <= set(absent)] == []
        return answer

    async def refuses(self, query: str, code: str = "UNSATISFIABLE_OPERATION", **variables: Any) -> Answer:
        """Assert a request error: no `data`, no request (rule 23)."""
        answer = await self.run(query, **variables)
        assert "data" not in answer.body
        assert [error["extensions"]["code"] for error in answer.errors] == [code]
        assert answer.requests == []
        return answer

    async def order_of(self, query: str, **variables: Any) -> list[str]:
        """Name the subgraphs in the order in which they are asked."""
        return [name for name, _, _ in (await self.run(query, **variables)).requests]

    def documents(self, query: str) -> list[tuple[str, str]]:
        """Plan only: the subgraph and document of each step."""
        plan = CheckedPlanner(self.supergraph).plan(parse(query))
        return [(step.subgraph, step.document) for step in plan.steps]


def federation(**services: Service) -> Federation:
    """Compose services."""
    return Federation(services)


def join(sdl: str, **services: Service) -> Federation:
    """Take a supergraph that another composer wrote; graphs are named in upper case there."""
    graphs = "\n".join(
        f'{name.upper()} @join__graph(name: "{name}", url: "http://{name}.test/graphql")' for name in services
    )
    return Federation(services, f"enum join__Graph {{ {graphs} }}\n{sdl}")
