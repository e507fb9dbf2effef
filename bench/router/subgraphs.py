"""Made-up subgraphs in this process: whatever they are asked, they answer with lists of a given length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from graphql import DocumentNode, FieldNode, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode, parse

from router.planning.documents import variables_in
from router.supergraph import Supergraph, TypeRef
from router.transport.base import SubgraphRequest

__all__ = ["MadeUpSubgraphs"]


class MadeUpSubgraphs:
    """Answers requests. An answer is made once for each body: after a first round, subgraphs cost next to nothing.

    Attributes:
        answers: what was answered, by the subgraph and the request's body.
    """

    def __init__(self, supergraph: Supergraph, *, length: int) -> None:
        self._supergraph = supergraph
        self._length = length
        self._ids = 0
        self.answers: dict[tuple[str, bytes], bytes] = {}

    def responder(self, request: SubgraphRequest) -> bytes:
        """Answer a request."""
        key = (request.subgraph, request.body)
        found = self.answers.get(key)
        if found is None:
            found = self.answers[key] = self._answer(request)
        return found

    def _answer(self, request: SubgraphRequest) -> bytes:
        body = orjson.loads(request.body)
        definition = _operation(parse(body["query"]))
        root = self._supergraph.root_types[definition.operation]
        variables = body.get("variables") or {}
        return orjson.dumps({"data": self._object(request.subgraph, root, definition.selection_set, variables)})

    def _object(
        self, subgraph: str, type_name: str, selection: SelectionSetNode, variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for node in selection.selections:
            if isinstance(node, InlineFragmentNode):
                if node.type_condition is None or node.type_condition.name.value == type_name:
                    found.update(self._object(subgraph, type_name, node.selection_set, variables))
            elif isinstance(node, FieldNode):
                key = (node.alias or node.name).value
                found[key] = self._field(subgraph, type_name, node, variables)
        return found

    def _field(self, subgraph: str, type_name: str, node: FieldNode, variables: Mapping[str, Any]) -> Any:
        name = node.name.value
        if name == "__typename":
            return type_name
        if name == "_entities" and node.selection_set is not None:
            given = [variables[name] for name in variables_in(node.arguments or ())]
            return [self._object(subgraph, item["__typename"], node.selection_set, variables) for item in given[0]]
        field = self._supergraph.types[type_name].subgraphs[subgraph].fields[name]
        return self._value(subgraph, field.type, node, variables, field.type.list_depth)

    def _value(
        self, subgraph: str, declared: TypeRef, node: FieldNode, variables: Mapping[str, Any], lists: int
    ) -> Any:
        if lists:
            return [self._value(subgraph, declared, node, variables, lists - 1) for _ in range(self._length)]
        if node.selection_set is not None:
            return self._object(subgraph, declared.named, node.selection_set, variables)
        self._ids += 1
        match declared.named:
            case "Int":
                return self._ids
            case "ID":
                return f"id{self._ids}"
            case "Float":
                return self._ids / 4
            case "Boolean":
                return self._ids % 2 == 0
            case _:
                return f"{node.name.value} number {self._ids}, in a few words"


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    (definition,) = document.definitions
    assert isinstance(definition, OperationDefinitionNode)
    return definition
