"""`plan` for somebody in particular: who asks, and which override labels are active, from the command line."""

from __future__ import annotations

import json

import typer
from graphql import DocumentNode

from router.planning import Planner
from router.planning.variants import PLAIN, Variant
from router.supergraph import Caller, Supergraph

_MEMBERS = {"authenticated": bool, "scopes": list, "policies": list}


def variant_for(
    supergraph: Supergraph, document: DocumentNode, operation_name: str | None, *, caller: str | None, labels: list[str]
) -> Variant:
    """Say which of an operation's plans is asked for.

    Args:
        supergraph: the graph.
        document: valid against its API schema.
        operation_name: which operation of the document.
        caller: a JSON object with `authenticated`, `scopes` and `policies`; None for one who may have everything.
        labels: the override labels that are active.

    Raises:
        typer.BadParameter: the caller is no such object.
    """
    variation = Planner(supergraph).variation(document, operation_name)
    if variation is None:
        return PLAIN
    active = frozenset(labels) & variation.labels
    if caller is None:
        return Variant(labels=active)
    return variation.variant(_caller(caller), lambda _: active)


def _caller(text: str) -> Caller:
    try:
        given = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"not JSON: {error}", param_hint="--caller") from error
    if not isinstance(given, dict) or any(type(value) is not _MEMBERS.get(name) for name, value in given.items()):
        raise typer.BadParameter(
            'an object such as {"authenticated": true, "scopes": ["a"], "policies": []}.', param_hint="--caller"
        )
    scopes, policies = (frozenset(map(str, given.get(name, ()))) for name in ("scopes", "policies"))
    return Caller(authenticated=given.get("authenticated", False), scopes=scopes, policies=policies)
