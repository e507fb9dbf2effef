"""The public API as the composed supergraph has it."""

from __future__ import annotations

from graphql import GraphQLInputObjectType, GraphQLSchema, get_named_type

from router.supergraph import load_supergraph
from tests.support.system import ROOT

SUPERGRAPH = (ROOT / "supergraph.graphql").read_text()
API: GraphQLSchema = load_supergraph(SUPERGRAPH).api_schema


def mutations() -> list[str]:
    """Name every mutation."""
    assert API.mutation_type is not None
    return sorted(API.mutation_type.fields)


def input_type(mutation: str) -> GraphQLInputObjectType | None:
    """Give the type of a mutation's `input`; None where it takes none."""
    assert API.mutation_type is not None
    argument = API.mutation_type.fields[mutation].args.get("input")
    if argument is None:
        return None
    kind = get_named_type(argument.type)
    assert isinstance(kind, GraphQLInputObjectType)
    return kind


def operation(mutation: str) -> str:
    """Write an operation that runs one mutation with the variable `$input` and asks for its user errors."""
    kind = input_type(mutation)
    if kind is None:
        return f"mutation {{ {mutation} {{ userErrors {{ code message field }} }} }}"
    return f"mutation($input: {kind.name}!) {{ {mutation}(input: $input) {{ userErrors {{ code message field }} }} }}"
