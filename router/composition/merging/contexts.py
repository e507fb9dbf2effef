"""`@fromContext`: arguments that the router fills, taken out of what clients see."""

from __future__ import annotations

import re

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.merging.elements import graph_prefix
from router.composition.model import Field, InputValue
from router.composition.supergraph import ContextArgument
from router.composition.type_ref import NonNull

_REFERENCE = re.compile(r"^\s*\$(?P<context>[A-Za-z][A-Za-z0-9_]*)\s*(?P<selection>.+)$", re.DOTALL)


def context_arguments(one: SubgraphFacts, field: Field, *, at: str, report: Report) -> tuple[ContextArgument, ...]:
    """Give the arguments of a field that one subgraph takes from contexts."""
    found: list[ContextArgument] = []
    for argument in field.arguments.values():
        for directive in argument.applied("fromContext"):
            match = _REFERENCE.match(directive.text("field"))
            if match is None:
                message = f'"{at}({argument.name}:)" has to name a context and a selection: "$context {{ field }}".'
                report.error("NO_CONTEXT_REFERENCED", message, subgraphs=[one.name], at=f"{at}({argument.name}:)")
                continue
            if match["context"] not in _contexts(one):
                message = f'"{at}({argument.name}:)" names the context "{match["context"]}", and no type sets it.'
                report.error("CONTEXT_NOT_SET", message, subgraphs=[one.name], at=f"{at}({argument.name}:)")
                continue
            context = f"{graph_prefix(one.name)}__{match['context']}"
            selection = match["selection"].strip()
            found.append(ContextArgument(context, argument.name, str(argument.type), selection))
    return tuple(found)


def plain_arguments(
    one: SubgraphFacts, field: Field, contextual: frozenset[str], *, at: str, report: Report
) -> list[InputValue]:
    """Give the arguments of a field that clients give: all but those that some subgraph takes from a context."""
    plain: list[InputValue] = []
    for argument in field.arguments.values():
        if argument.name not in contextual:
            plain.append(argument)
        elif not argument.has("fromContext") and isinstance(argument.type, NonNull) and argument.default is None:
            message = f'"{at}({argument.name}:)" comes from a context in other subgraphs and is required here.'
            code = "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS"
            report.error(code, message, subgraphs=[one.name], at=f"{at}({argument.name}:)")
    return plain


def _contexts(one: SubgraphFacts) -> frozenset[str]:
    return frozenset(
        directive.text("name")
        for definition in one.subgraph.types.values()
        for directive in definition.applied("context")
    )
