"""Decides `@skip` and `@include` by given variables, so that a plan shows what would be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import ArgumentNode, BooleanValueNode, DirectiveNode, DocumentNode, VariableNode, Visitor, visit

_CONDITIONS = frozenset({"skip", "include"})


class _Decided(Visitor):
    """Puts the values of variables into conditions."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        super().__init__()
        self._variables = variables

    def enter_directive(self, node: DirectiveNode, *_: object) -> DirectiveNode | None:
        """Rewrite a condition on a variable whose value is given; leave all else."""
        if node.name.value not in _CONDITIONS:
            return None
        arguments = tuple(self._argument(argument) for argument in node.arguments or ())
        return DirectiveNode(name=node.name, arguments=arguments, loc=node.loc)

    def _argument(self, node: ArgumentNode) -> ArgumentNode:
        if isinstance(node.value, VariableNode) and isinstance(self._variables.get(node.value.name.value), bool):
            value = BooleanValueNode(value=self._variables[node.value.name.value])
            return ArgumentNode(name=node.name, value=value, loc=node.loc)
        return node


def with_conditions(document: DocumentNode, variables: Mapping[str, Any]) -> DocumentNode:
    """Give the document with its conditions on given variables decided."""
    decided: DocumentNode = visit(document, _Decided(variables))
    return decided
