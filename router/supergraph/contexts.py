"""Contexts: which types set them, and that every one that is asked for is set somewhere."""

from __future__ import annotations

from collections.abc import Mapping

from router.errors import SupergraphError
from router.supergraph.model import SupergraphType

__all__ = ["read_contexts"]


def read_contexts(types: Mapping[str, SupergraphType]) -> dict[str, frozenset[str]]:
    """Map each context to the types that set it, abstract ones with all that they can be.

    Raises:
        SupergraphError: a field takes an argument from a context that no type sets.
    """
    found: dict[str, frozenset[str]] = {}
    for name, kind in types.items():
        for directive in kind.directives:
            if directive.name == "context":
                context = str(directive.arguments.get("name"))
                found[context] = found.get(context, frozenset()) | kind.possible_types | {name}
    for name, kind in types.items():
        for own in kind.subgraphs.values():
            for field in own.fields.values():
                for argument in field.contexts:
                    if argument.context not in found:
                        coordinate = f"{name}.{field.name}({argument.name}:)"
                        raise SupergraphError(f"{coordinate}: no type sets the @context {argument.context}")
    return found
