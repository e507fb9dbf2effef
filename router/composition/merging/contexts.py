"""`@fromContext`: arguments that the router fills, taken out of what clients see."""

from __future__ import annotations

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts, parse_context
from router.composition.merging.elements import graph_prefix
from router.composition.model import Field, InputValue
from router.composition.supergraph import ContextArgument
from router.composition.type_ref import NonNull


def context_arguments(one: SubgraphFacts, field: Field) -> tuple[ContextArgument, ...]:
    """Give the arguments of a field that one subgraph takes from contexts."""
    found: list[ContextArgument] = []
    for argument in field.arguments.values():
        for directive in argument.applied("fromContext"):
            name, selection = parse_context(directive.text("field"))
            context = f"{graph_prefix(one.name)}__{name}"
            found.append(ContextArgument(context, argument.name, str(argument.type), selection.strip()))
    return tuple(found)


def plain_arguments(
    one: SubgraphFacts, field: Field, contextual: frozenset[str], *, at: str, report: Report
) -> list[InputValue]:
    """Give the arguments of a field that clients give: all but those that some subgraph takes from a context."""
    plain: list[InputValue] = []
    code = "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS"
    for argument in field.arguments.values():
        coordinate = f"{at}({argument.name}:)"
        if argument.name not in contextual:
            plain.append(argument)
        elif argument.has("fromContext"):
            continue
        elif isinstance(argument.type, NonNull) and argument.default is None:
            message = f'"{coordinate}" comes from a context in other subgraphs and is required here.'
            report.error(code, message, subgraphs=[one.name], at=coordinate)
        else:
            message = f'"{coordinate}" comes from a context in other subgraphs: the supergraph has it not.'
            report.hint(code, message, subgraphs=[one.name], at=coordinate)
    return plain
