"""What the router answers itself: `__schema` and `__type` (rule 41)."""

from __future__ import annotations

from graphql import FieldNode, FragmentSpreadNode, SelectionSetNode
from graphql.language import FragmentDefinitionNode, print_ast

from router.planning.documents import variables_in
from router.planning.normalise import NormalOperation
from router.planning.plan import IntrospectionStep
from router.planning.selections import INTROSPECTION

__all__ = ["build_introspection"]


def build_introspection(normal: NormalOperation) -> IntrospectionStep | None:
    """Collect the introspection fields at the root into an operation of their own; None where there are none."""
    texts: list[str] = []
    nodes: list[SelectionSetNode] = []
    variables: set[str] = set()
    for item in normal.selection.fields:
        if item.name not in INTROSPECTION:
            continue
        variables |= variables_in(item.arguments)
        arguments = f"({', '.join(print_ast(argument) for argument in item.arguments)})" if item.arguments else ""
        for node in item.nodes:
            if node.selection_set is not None:
                nodes.append(node.selection_set)
                texts.append(f"{item.key}: {item.name}{arguments} {print_ast(node.selection_set)}")
    if not texts:
        return None
    fragments = _fragments(normal, nodes)
    for selection in (*nodes, *(fragment.selection_set for fragment in fragments)):
        variables |= _variables(selection)
    defined = [item for item in normal.definition.variable_definitions or () if item.variable.name.value in variables]
    head = f"query({', '.join(print_ast(item) for item in defined)})" if defined else "query"
    document = "\n".join([f"{head} {{ {' '.join(texts)} }}", *(print_ast(fragment) for fragment in fragments)])
    return IntrospectionStep(document, tuple(item.variable.name.value for item in defined))


def _fragments(normal: NormalOperation, nodes: list[SelectionSetNode]) -> list[FragmentDefinitionNode]:
    found: dict[str, FragmentDefinitionNode] = {}
    waiting = list(nodes)
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FragmentSpreadNode) and node.name.value not in found:
                found[node.name.value] = normal.fragments[node.name.value]
                waiting.append(found[node.name.value].selection_set)
            inner = getattr(node, "selection_set", None)
            if inner is not None:
                waiting.append(inner)
    return list(found.values())


def _variables(selection: SelectionSetNode) -> set[str]:
    found: set[str] = set()
    waiting: list[SelectionSetNode] = [selection]
    while waiting:
        for node in waiting.pop().selections:
            found |= variables_in([item for directive in node.directives or () for item in directive.arguments or ()])
            if isinstance(node, FieldNode):
                found |= variables_in(node.arguments or ())
            inner = getattr(node, "selection_set", None)
            if inner is not None:
                waiting.append(inner)
    return found
