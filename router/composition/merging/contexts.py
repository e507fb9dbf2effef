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
                report.error("NO_CONTEXT_IN_SELECTION", message, subgraphs=[one.name], at=f"{at}({argument.name}:)")
                continue
            types = _types_that_set(one, match["context"])
            if not types:
                message = f'"{at}({argument.name}:)" names the context "{match["context"]}", and no type sets it.'
                report.error("CONTEXT_NOT_SET", message, subgraphs=[one.name], at=f"{at}({argument.name}:)")
                continue
            context = f"{graph_prefix(one.name)}__{match['context']}"
            selection = match["selection"].strip()
            for problem in _selection_problems(one, selection, types):
                message = f'"{at}({argument.name}:)" takes {selection} from "{match["context"]}": {problem}.'
                report.error("CONTEXT_INVALID_SELECTION", message, subgraphs=[one.name], at=f"{at}({argument.name}:)")
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


def _types_that_set(one: SubgraphFacts, context: str) -> list[str]:
    return [
        definition.name
        for definition in one.subgraph.types.values()
        if any(directive.text("name") == context for directive in definition.applied("context"))
    ]


def _selection_problems(one: SubgraphFacts, selection: str, types: list[str]) -> list[str]:
    """Give what is wrong with a selection on each type that sets the context.

    A selection of fragments says itself which of them is for which type.
    """
    if not selection.startswith("{"):
        return []
    inner = selection.removeprefix("{").removesuffix("}")
    return [problem.message for name in types for problem in one.reader.read(inner, name)[1]]
