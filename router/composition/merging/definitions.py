"""The directives of the subgraphs that the supergraph keeps: executable ones, and those that ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphql import DirectiveDefinitionNode, InputValueDefinitionNode

from router.composition import federation_spec as spec
from router.composition.errors import Report
from router.composition.links import Link
from router.composition.merging.arguments import InputMerger
from router.composition.model import InputValue, Subgraph
from router.composition.supergraph import ComposedLink, DirectiveDefinition, MergedInput
from router.composition.type_ref import type_ref

_COMPOSED_ANYWAY = ("tag", "inaccessible", "authenticated", "requiresScopes", "policy", "context")
_EXECUTABLE = (
    "QUERY",
    "MUTATION",
    "SUBSCRIPTION",
    "FIELD",
    "FRAGMENT_DEFINITION",
    "FRAGMENT_SPREAD",
    "INLINE_FRAGMENT",
    "VARIABLE_DEFINITION",
)


def executable_directives(
    subgraphs: Sequence[Subgraph], inputs: InputMerger, report: Report
) -> dict[str, DirectiveDefinition]:
    """Give the directives for operations that all subgraphs define, with what they have in common."""
    names = {name: None for subgraph in subgraphs for name in subgraph.directives}
    found: dict[str, DirectiveDefinition] = {}
    for name in names:
        nodes = {one.name: one.directives[name] for one in subgraphs if name in one.directives}
        if any(location in _EXECUTABLE for node in nodes.values() for location in _locations(node)):
            missing = [one.name for one in subgraphs if one.name not in nodes]
            merged = _executable(name, nodes, missing, subgraphs, inputs, report)
            if merged is not None:
                found[name] = merged
    return found


def _executable(
    name: str,
    nodes: Mapping[str, DirectiveDefinitionNode],
    missing: Sequence[str],
    subgraphs: Sequence[Subgraph],
    inputs: InputMerger,
    report: Report,
) -> DirectiveDefinition | None:
    def hint(code: str, message: str, names: Iterable[str] = nodes) -> None:
        report.hint(code, f'"@{name}" {message}', subgraphs=names, at=f"@{name}")

    each = [frozenset(_locations(node)) & set(_EXECUTABLE) for node in nodes.values()]
    locations = frozenset.intersection(*each)
    if missing:
        message = "is not in all subgraphs: the supergraph has it not."
        hint("INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE", message, missing)
        return None
    if not locations:
        message = "is for other places of operations in each subgraph: the supergraph has it not."
        hint("NO_EXECUTABLE_DIRECTIVE_INTERSECTION", message)
        return None
    if len(set(each)) > 1:
        message = "is not for the same places in all subgraphs: the supergraph has those that are common to all."
        hint("INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS", message)
    repeatable = {node.repeatable for node in nodes.values()}
    if len(repeatable) > 1:
        message = "is not repeatable in all subgraphs: it is not in the supergraph."
        hint("INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE", message)
    given = [(one, [_value(argument) for argument in nodes[one.name].arguments or ()]) for one in subgraphs]
    first = next(iter(nodes.values()))
    return DirectiveDefinition(
        name=name,
        description=first.description.value if first.description is not None else None,
        arguments=tuple(inputs.merge_arguments(given, at=f"@{name}").values()),
        locations=tuple(location for location in _EXECUTABLE if location in locations),
        repeatable=repeatable == {True},
    )


@dataclass(frozen=True, slots=True)
class Composed:
    """The directives named by `@composeDirective`.

    Attributes:
        definitions: by name.
        links: the specifications that they come from.
        by: for each name the subgraphs that ask for it; the others' applications do not count.
    """

    definitions: Mapping[str, DirectiveDefinition]
    links: tuple[ComposedLink, ...]
    by: Mapping[str, frozenset[str]]


def composed_directives(subgraphs: Sequence[Subgraph], report: Report) -> Composed:
    """Give the directives named by `@composeDirective`.

    Of several versions the newest counts; another major version is DIRECTIVE_COMPOSITION_ERROR.
    """
    by: dict[str, set[str]] = {}
    chosen: dict[str, tuple[Link, DirectiveDefinitionNode]] = {}
    for subgraph in subgraphs:
        for name, link, node in _asked_for(subgraph, report):
            by.setdefault(name, set()).add(subgraph.name)
            known = chosen.get(name)
            if known is None:
                chosen[name] = (link, node)
            elif known[0].identity != link.identity or (known[0].version or (0,))[0] != (link.version or (0,))[0]:
                message = f'"@{name}" comes from {known[0].url} in one subgraph and from {link.url} in another.'
                report.error("DIRECTIVE_COMPOSITION_ERROR", message, subgraphs=[subgraph.name], at=f"@{name}")
            elif (link.version or (0, 0)) > (known[0].version or (0, 0)):
                chosen[name] = (link, node)
    definitions = {
        name: _definition(
            node,
            locations=_locations(node),
            repeatable=node.repeatable,
        )
        for name, (_, node) in chosen.items()
    }
    imports: dict[str, list[str]] = {}
    for name, (link, _) in sorted(chosen.items()):
        imports.setdefault(link.url, []).append(f"@{name}")
    return Composed(
        definitions=definitions,
        links=tuple(ComposedLink(url=url, imports=tuple(names)) for url, names in sorted(imports.items())),
        by={name: frozenset(names) for name, names in by.items()},
    )


def _asked_for(subgraph: Subgraph, report: Report) -> list[tuple[str, Link, DirectiveDefinitionNode]]:
    found: list[tuple[str, Link, DirectiveDefinitionNode]] = []
    for directive in subgraph.schema_directives:
        if directive.name != "composeDirective":
            continue
        name = directive.text("name")
        bare = name.removeprefix("@")
        if name.startswith("@") and subgraph.links.directive(bare) in _COMPOSED_ANYWAY:
            message = f'"{name}" is composed anyway.'
            report.hint("DIRECTIVE_COMPOSITION_INFO", message, subgraphs=[subgraph.name], at=name)
            continue
        node, link = subgraph.directives.get(bare), subgraph.links.owner(f"@{bare}")
        if not name.startswith("@"):
            problem = 'has to begin with "@"'
        elif node is None:
            problem = "is not defined in the subgraph"
        elif link is None or link.identity.startswith(spec.SPECS):
            problem = "has to come from a specification of its own that the subgraph links"
        else:
            found.append((bare, link, node))
            continue
        message = f'"{name}", which the subgraph asks to compose, {problem}.'
        report.error("DIRECTIVE_COMPOSITION_ERROR", message, subgraphs=[subgraph.name], at=f"@{bare}")
    return found


def _locations(node: DirectiveDefinitionNode) -> tuple[str, ...]:
    return tuple(location.value for location in node.locations)


def _definition(node: DirectiveDefinitionNode, *, locations: tuple[str, ...], repeatable: bool) -> DirectiveDefinition:
    return DirectiveDefinition(
        name=node.name.value,
        description=node.description.value if node.description is not None else None,
        arguments=tuple(_argument(argument) for argument in node.arguments or ()),
        locations=locations,
        repeatable=repeatable,
    )


def _value(node: InputValueDefinitionNode) -> InputValue:
    return InputValue(
        name=node.name.value,
        description=node.description.value if node.description is not None else None,
        type=type_ref(node.type),
        default=node.default_value,
    )


def _argument(node: InputValueDefinitionNode) -> MergedInput:
    return MergedInput(
        name=node.name.value,
        description=node.description.value if node.description is not None else None,
        type=type_ref(node.type),
        default=node.default_value,
    )
