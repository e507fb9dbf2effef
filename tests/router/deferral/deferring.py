"""Puts @defer at random places of an operation, and checks and merges what comes of it as a client does."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterable
from typing import Any

from graphql import parse
from graphql.language import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    print_ast,
)

_VARIABLE = "later"
_DEFINITION = f"${_VARIABLE}: Boolean!"


class Deferring:
    """Defers parts of an operation; the same seed defers the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def operation(self, query: str, variables: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Give the operation with @defer in it, and its variables."""
        numbers = itertools.count()
        texts = []
        for definition in parse(query, no_location=True).definitions:
            assert isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
            body = print_ast(self._selections(definition.selection_set))
            # What stands in two places has a label in each.
            body = re.sub('label: ""', lambda _: f'label: "{next(numbers)}"', body)
            texts.append(f"{self._head(definition)} {body}")
        text = "\n".join(texts)
        if f"if: ${_VARIABLE}" in text:
            variables = {**variables, _VARIABLE: self._random.random() < 0.7}
        else:
            text = text.replace(f", {_DEFINITION})", ")").replace(f"({_DEFINITION})", "")
        return text, variables

    def _head(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> str:
        if isinstance(definition, FragmentDefinitionNode):
            return f"fragment {definition.name.value} on {definition.type_condition.name.value}"
        given = [print_ast(item) for item in definition.variable_definitions or ()]
        return f"{definition.operation.value} Q({', '.join([*given, _DEFINITION])})"

    def _selections(self, node: SelectionSetNode) -> SelectionSetNode:
        kept, later = [], []
        for item in node.selections:
            inner = item
            if isinstance(item, FieldNode) and item.selection_set is not None:
                inner = FieldNode(
                    alias=item.alias,
                    name=item.name,
                    arguments=item.arguments,
                    directives=item.directives,
                    selection_set=self._selections(item.selection_set),
                )
            elif isinstance(item, InlineFragmentNode):
                inner = InlineFragmentNode(
                    type_condition=item.type_condition,
                    directives=(*(item.directives or ()), *self._defer(0.2)),
                    selection_set=self._selections(item.selection_set),
                )
            elif isinstance(item, FragmentSpreadNode):
                inner = FragmentSpreadNode(name=item.name, directives=(*(item.directives or ()), *self._defer(0.4)))
            where = self._random.random()
            if where < 0.7:
                kept.append(inner)
            if where > 0.6:
                later.append(inner)
        if later:
            kept.append(self._fragment(later))
        if self._random.random() < 0.15:
            kept.append(self._fragment(kept[-1:]))
        return SelectionSetNode(selections=tuple(kept))

    def _fragment(self, selections: list[Any]) -> InlineFragmentNode:
        if len(selections) > 1 and self._random.random() < 0.3:
            at = self._random.randrange(1, len(selections))
            selections = [*selections[:at], self._fragment(selections[at:])]
        return InlineFragmentNode(
            directives=self._defer(1.0), selection_set=SelectionSetNode(selections=tuple(selections))
        )

    def _defer(self, share: float) -> tuple[DirectiveNode, ...]:
        if self._random.random() >= share:
            return ()
        condition = f", if: ${_VARIABLE}" if self._random.random() < 0.2 else ""
        document = parse(f'{{ ... @defer(label: ""{condition}) {{ x }} }}', no_location=True)
        fragment = document.definitions[0].selection_set.selections[0]  # type: ignore[attr-defined]  # as just written
        return tuple(fragment.directives)


class Client:
    """Merges incremental responses, and asserts that they keep to their format.

    Attributes:
        data: all that came so far.
        errors: all that were told.
    """

    def __init__(self) -> None:
        self.data: Any = None
        self.errors: list[Any] = []
        self._pending: dict[str, list[str | int]] = {}

    def take_all(self, responses: Iterable[dict[str, Any]]) -> None:
        """Take every response to a request."""
        responses = list(responses)
        assert [item["hasNext"] for item in responses] == [True] * (len(responses) - 1) + [False]
        first, *rest = responses
        self.data = first["data"]
        self.errors += first.get("errors", [])
        self._announce(first)
        for item in rest:
            self._announce(item)
            for entry in item.get("incremental", ()):
                self._merge(entry)
            for entry in item.get("completed", ()):
                del self._pending[entry["id"]]
                self.errors += entry.get("errors", [])
        assert self._pending == {}

    def _announce(self, response: dict[str, Any]) -> None:
        for item in response.get("pending", ()):
            assert item["id"] not in self._pending
            self._pending[item["id"]] = item["path"]

    def _merge(self, entry: dict[str, Any]) -> None:
        self.errors += entry.get("errors", [])
        if "id" in entry:
            path = [*self._pending[entry["id"]], *entry.get("subPath", ())]
            target = self._at(path)
            assert not target.keys() & entry["data"].keys(), "a field is delivered once"
            target.update(entry["data"])
        elif entry["data"] is not None:
            self._merge_deep(self._at(entry["path"]), entry["data"])

    def _at(self, path: list[str | int]) -> Any:
        found = self.data
        for key in path:
            found = found[key]
        assert isinstance(found, dict)
        return found

    def _merge_deep(self, target: Any, source: Any) -> None:
        pairs = source.items() if isinstance(source, dict) else enumerate(source)
        if isinstance(source, list):
            assert len(source) == len(target)
        for key, value in pairs:
            if isinstance(target, dict) and key not in target:
                target[key] = value
            elif value is None:
                assert target[key] is None, "nothing that is there is delivered again"
            else:
                assert isinstance(value, dict | list), "a field is delivered once"
                self._merge_deep(target[key], value)
