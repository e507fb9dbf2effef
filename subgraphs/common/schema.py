"""Builds a subgraph's federated schema: scalars, caches, and errors that tell clients a code and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import structlog
from graphql import GraphQLError
from strawberry.extensions import MaskErrors, ParserCache, SchemaExtension, ValidationCache
from strawberry.federation import Schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from subgraphs.common.errors import AccessError, DomainError
from subgraphs.common.graphql_types import SHARED_USER_ERRORS
from subgraphs.common.scalars import SCALARS

log = structlog.get_logger(__name__)
_CACHED_DOCUMENTS: Final = 1_000
_MASKED: Final = "Something went wrong on our side. Tell support the request id if it stays so."


class SubgraphSchema(Schema):
    """Logs what goes wrong with its cause, before it is masked."""

    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,  # noqa: ARG002 - the base class's signature
    ) -> None:
        for error in errors:
            original = error.original_error
            if _is_fault(error):
                log.error("request.fault", path=error.path, exc_info=original)
            else:
                log.debug("request.refused", path=error.path, message=error.message)


class ErrorCodes(MaskErrors):
    """Gives every error a code, and hides the message of those that are faults."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=lambda _error: True)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        return public_error(error)


def public_error(error: GraphQLError) -> GraphQLError:
    """Give the error as a client may see it; what is public already stays as it is."""
    original = error.original_error
    message, extensions = error.message, dict(error.extensions or {})
    if isinstance(original, AccessError):
        extensions["code"] = original.code
    elif _is_fault(error):
        message, extensions = _MASKED, {"code": "INTERNAL_SERVER_ERROR"}
    else:
        extensions.setdefault("code", "BAD_USER_INPUT")
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions=extensions)


def _is_fault(error: GraphQLError) -> bool:
    original = error.original_error
    return original is not None and not isinstance(original, AccessError | DomainError | GraphQLError)


def _parser_cache() -> SchemaExtension:
    return ParserCache(_CACHED_DOCUMENTS)


def _validation_cache() -> SchemaExtension:
    return ValidationCache(_CACHED_DOCUMENTS)


def build_schema(
    *,
    query: type,
    mutation: type | None = None,
    subscription: type | None = None,
    types: Iterable[Any] = (),
) -> SubgraphSchema:
    """Build a federated schema.

    Args:
        query: the Strawberry type of the root.
        mutation: likewise.
        subscription: likewise.
        types: what no field names: implementers of interfaces (the shared user errors come by themselves), entities.
    """
    return SubgraphSchema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        types=[*SHARED_USER_ERRORS, *types],
        extensions=[_parser_cache, _validation_cache, ErrorCodes],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
