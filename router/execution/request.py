"""What execution is asked with and what it answers: the seam to the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from router.supergraph import ANONYMOUS, Caller

__all__ = ["NOBODY", "EngineSettings", "GraphQLRequest", "GraphQLResult", "RequestContext"]


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """One GraphQL request, its transport stripped off (GraphQL over HTTP, section 5).

    Attributes:
        query: the document's text; None where the client sent none.
        operation_name: which operation of the document runs; None where there is only one.
        variables: the client's values, decoded JSON; never changed here.
        extensions: the client's protocol extensions.
    """

    query: str | None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What goes with a request on its way to the subgraphs.

    Attributes:
        headers: sent to every subgraph, lower-case names.
        timeout: seconds for all fetches together; of a subscription, for those of one event. None takes the engine's.
        request_id: names the request in the log.
        caller: who asks: what `@authenticated`, `@requiresScopes` and `@policy` are held against.
        labels: progressive override labels that are active for this request, beside the engine's own.
        label_key: draws the labels `percent(x)` alike for all requests that have it (a user's id, say); None draws
            them for each request anew.
    """

    headers: Sequence[tuple[str, str]] = ()
    timeout: float | None = None
    request_id: str = ""
    caller: Caller = ANONYMOUS
    labels: frozenset[str] = frozenset()
    label_key: str | None = None


NOBODY = RequestContext()
"""A request of which nothing is known but what it asks for."""


@dataclass(frozen=True, slots=True)
class GraphQLResult:
    """A whole GraphQL response.

    Attributes:
        body: the response, JSON.
        has_data: whether `data` is there and is not null.
        is_request_error: whether nothing was executed: there is no `data` entry at all.
        error_codes: `extensions.code` of each error, in their order.
    """

    body: bytes
    has_data: bool
    is_request_error: bool = False
    error_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Bounds and habits of an engine.

    Attributes:
        timeout: seconds for all fetches of a request, where its context names none.
        cached_operations: how many compiled operations are kept.
        cached_characters: how many characters of documents are kept with them.
        max_tokens: how many tokens a document may have.
        max_gathered_bytes: how much the subgraphs' answers to one operation may come to, an entity's share counted at
            every place that it is written to.
        max_errors: how many errors a response may carry; the rest is counted in the last one.
        redact_subgraph_errors: whether clients get only the codes of subgraphs' errors, not messages and extensions.
        introspection: whether `__schema` and `__type` are answered.
        reject_unauthorized: whether an operation with a field that the caller may not have is refused as a whole; else
            such fields are null and named in `errors`.
        labels: progressive override labels that are active for every request.
    """

    timeout: float = 30.0
    cached_operations: int = 2_000
    cached_characters: int = 16_000_000
    max_tokens: int = 50_000
    max_gathered_bytes: int = 67_108_864
    max_errors: int = 1_000
    redact_subgraph_errors: bool = False
    introspection: bool = True
    reject_unauthorized: bool = False
    labels: frozenset[str] = frozenset()
