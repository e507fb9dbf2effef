"""Requests as GraphQL text: only what the subgraph's own schema knows (rule 20), only the variables that are used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graphql import ValueNode, VariableNode
from graphql.language import ArgumentNode, ListValueNode, ObjectValueNode, VariableDefinitionNode, print_ast

from router.planning.fetch_tree import FetchField, FetchNode
from router.planning.places import TYPENAME
from router.planning.plan import ALWAYS, Condition
from router.planning.query_graph import QueryGraph

__all__ = ["DocumentPrinter", "variables_in"]


def variables_in(arguments: Sequence[ArgumentNode]) -> set[str]:
    """Name the variables in arguments."""
    found: set[str] = set()
    waiting: list[ValueNode] = [argument.value for argument in arguments]
    while waiting:
        value = waiting.pop()
        if isinstance(value, VariableNode):
            found.add(value.name.value)
        elif isinstance(value, ListValueNode):
            waiting += value.values
        elif isinstance(value, ObjectValueNode):
            waiting += [item.value for item in value.fields]
    return found


class DocumentPrinter:
    """Prints selections for one subgraph, and collects the variables that they use.

    Attributes:
        variables: the client's that were used.
        contexts: the request's own variables for arguments that come from contexts.
    """

    def __init__(self, graph: QueryGraph, subgraph: str) -> None:
        self._graph = graph
        self._subgraph = subgraph
        self.variables: set[str] = set()
        self.contexts: dict[str, str] = {}
        self._texts: dict[int, str] = {}  # several types may share what is below a field

    def selection(self, node: FetchNode) -> str:
        """Print what is selected on an object, braces included."""
        text = self._texts.get(id(node))
        if text is None:
            text = self._texts[id(node)] = self._print(node)
        return text

    def _print(self, node: FetchNode) -> str:
        plain: dict[str, None] = dict.fromkeys([TYPENAME] if node.typename else [])
        conditional: list[tuple[str, str]] = []
        for item in sorted(node.fields.values(), key=lambda field: field.order):
            if item.name == TYPENAME and node.typename:
                continue
            for condition in self._conditions_for(node, item):
                if condition:
                    conditional.append((condition, self._field(item)))
                else:
                    plain[self._field(item)] = None
        fragments: dict[str, dict[str, None]] = {}
        for condition, text in conditional:
            # What is asked of every object need not be asked of some again.
            if text not in plain:
                fragments.setdefault(condition, {})[text] = None
        parts = [*plain, *(f"... on {name} {{ {' '.join(texts)} }}" for name, texts in fragments.items())]
        return f"{{ {' '.join(parts) or self._nothing(node)} }}"

    def _nothing(self, node: FetchNode) -> str:
        """Ask for something where nothing is left. An interface object's own name must not pass for a type."""
        if self._graph.is_interface_object(self._subgraph, node.type_name):
            return f"_{TYPENAME.strip('_')}: {TYPENAME}"
        return TYPENAME

    def _conditions_for(self, node: FetchNode, item: FetchField) -> list[str]:
        """Say below which type conditions a field is asked for; the empty one where it needs none."""
        members = self._graph.members(self._subgraph, node.type_name)
        if item.name == TYPENAME or members <= frozenset({node.type_name}):
            return [""]
        if self._graph.is_interface_object(self._subgraph, node.type_name):
            return [""]
        wanted = item.types & members
        visible = {name for name in members if not self._graph.types[name].hidden}
        if visible <= wanted and self._has(node.type_name, item):
            return [""]
        return self._cover(wanted, members, item)

    def _has(self, type_name: str, item: FetchField) -> bool:
        """Whether a type has a field that the selection below suits: an interface's may be wider than its types'."""
        own = self._graph.types[type_name].subgraphs.get(self._subgraph)
        field = own.fields.get(item.name) if own is not None else None
        return field is not None and (item.child is None or field.type.named == item.child.type_name)

    def _cover(self, wanted: frozenset[str], members: frozenset[str], item: FetchField) -> list[str]:
        """Take one interface for several types where the subgraph has one that fits exactly."""
        if len(wanted) > 1:
            for interface in sorted({name for concrete in wanted for name in self._graph.types[concrete].interfaces}):
                fits = self._graph.members(self._subgraph, interface) & members == wanted
                if (
                    fits
                    and self._has(interface, item)
                    and not self._graph.is_interface_object(self._subgraph, interface)
                ):
                    return [interface]
        return sorted(wanted)

    def _field(self, item: FetchField) -> str:
        text = item.name if item.key == item.name else f"{item.key}: {item.name}"
        arguments = [print_ast(argument) for argument in item.arguments]
        if item.arguments:
            self.variables |= variables_in(item.arguments)
        arguments += [f"{name}: ${self.contexts[name]}" for name in item.contexts]
        if arguments:
            text += f"({', '.join(arguments)})"
        below = f" {self.selection(item.child)}" if item.child is not None else ""
        if item.conditions == ALWAYS:
            return text + below
        return " ".join(self._conditional(text, below, conjunction) for conjunction in item.conditions)

    def _conditional(self, text: str, below: str, conjunction: tuple[Condition, ...]) -> str:
        """Put at most one @include and one @skip on the field, and the rest on fragments around it."""
        include = [item.variable for item in conjunction if item.expected]
        skip = [item.variable for item in conjunction if not item.expected]
        self.variables.update(include, skip)
        directives = [f"@include(if: ${include.pop(0)})"] if include else []
        directives += [f"@skip(if: ${skip.pop(0)})"] if skip else []
        text = f"{text} {' '.join(directives)}{below}"
        for name in include:
            text = f"... @include(if: ${name}) {{ {text} }}"
        for name in skip:
            text = f"... @skip(if: ${name}) {{ {text} }}"
        return text

    def definitions(self, given: Iterable[VariableDefinitionNode], extra: Sequence[str] = ()) -> str:
        """Print the variables that were used, as the client defined them; nothing where there are none."""
        texts = list(extra)
        for definition in given:
            name = definition.variable.name.value
            if name in self.variables:
                default = f" = {print_ast(definition.default_value)}" if definition.default_value is not None else ""
                texts.append(f"${name}: {print_ast(definition.type)}{default}")
        return f"({', '.join(texts)})" if texts else ""
