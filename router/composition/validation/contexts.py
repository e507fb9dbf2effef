"""`@context` and `@fromContext`: names that can be read, contexts that are set, selections that give the argument."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from graphql import FieldNode, GraphQLError, InlineFragmentNode, SelectionSetNode

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts, parse_context
from router.composition.field_sets import Flaw, parse_field_set
from router.composition.model import Field, InputValue, Kind, TypeDefinition
from router.composition.type_ref import ListOf, Named, NonNull, TypeRef

_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]*$")


def check_contexts(facts: SubgraphFacts, report: Report) -> None:
    """Report contexts with bad names, and arguments that can not be taken from a context."""
    set_on: dict[str, list[TypeDefinition]] = {}
    for definition in facts.subgraph.types.values():
        for directive in definition.applied("context"):
            name = directive.text("name")
            set_on.setdefault(name, []).append(definition)
            if not _NAME.match(name):
                message = f'"{name}" is no name for a context: it has to be of letters and digits.'
                report.error("CONTEXT_NAME_INVALID", message, subgraphs=[facts.name], at=definition.name)
    for definition in facts.subgraph.types.values():
        for field in definition.fields.values():
            for argument in field.arguments.values():
                if argument.has("fromContext"):
                    _ArgumentCheck(facts, definition, field, argument, report).check(set_on)


class _ArgumentCheck:
    """The rules of one argument from a context."""

    def __init__(
        self, facts: SubgraphFacts, definition: TypeDefinition, field: Field, argument: InputValue, report: Report
    ) -> None:
        self._facts = facts
        self._definition = definition
        self._field = field
        self._argument = argument
        self._report = report

    def _error(self, code: str, problem: str) -> None:
        at = f"{self._definition.name}.{self._field.name}({self._argument.name}:)"
        self._report.error(code, f'"{at}" {problem}.', subgraphs=[self._facts.name], at=at)

    def check(self, set_on: Mapping[str, Sequence[TypeDefinition]]) -> None:
        """Report what is wrong with it."""
        if self._definition.kind is not Kind.OBJECT:
            self._error("CONTEXT_NOT_SET", "is an argument of an interface's field, and takes nothing from contexts")
            return
        for name in self._definition.interfaces:
            if self._facts.field(name, self._field.name) is not None:
                self._error("CONTEXT_NOT_SET", f'is from a context, and its field is one of the interface "{name}"')
        if self._argument.default is not None:
            self._error("CONTEXT_NOT_SET", "is from a context, so that it can not have a default")
        context, selection = parse_context(self._argument.applied("fromContext")[0].text("field"))
        if not context or not selection:
            self._error("NO_CONTEXT_IN_SELECTION", 'has to name a context and a selection: "$context { field }"')
            return
        if context not in set_on:
            self._error("CONTEXT_NOT_SET", f'names the context "{context}", and no type sets it')
        else:
            self._check_selection(selection, set_on[context])
        if not any(key.resolvable for key in self._facts.keys.get(self._definition.name, ())):
            message = f'is from a context, and "{self._definition.name}" has no resolvable key'
            self._error("CONTEXT_NO_RESOLVABLE_KEY", message)

    def _check_selection(self, selection: str, types: Sequence[TypeDefinition]) -> None:
        text = selection.strip()
        text = text.removeprefix("{").removesuffix("}") if text.startswith("{") else text
        try:
            nodes = parse_field_set(text).selections
        except (GraphQLError, RecursionError):
            problems = ["it can not be parsed"]
        else:
            if all(isinstance(node, InlineFragmentNode) for node in nodes):
                problems = list(self._wrong_fragments(nodes, types))  # type: ignore[arg-type] # all of them are fragments
            elif len(nodes) != 1 or not isinstance(nodes[0], FieldNode):
                problems = ["it selects more than one field"]
            else:
                problems = [one for on in types for one in self._wrong_field(text, on.name)]
        for problem in problems:
            self._error("CONTEXT_INVALID_SELECTION", f"selects {selection.strip()} from a context: {problem}")

    def _wrong_field(self, text: str, on: str) -> Iterator[str]:
        wrong = [problem for problem in self._facts.reader.read(text, on)[1] if problem.flaw is not Flaw.ABSTRACT]
        yield from (problem.message for problem in wrong)
        if not wrong:
            yield from self._wrong_value(parse_field_set(text), on)

    def _wrong_fragments(self, nodes: Sequence[InlineFragmentNode], types: Sequence[TypeDefinition]) -> Iterator[str]:
        conditions = [node.type_condition.name.value for node in nodes if node.type_condition is not None]
        if len(set(conditions)) != len(nodes):
            yield "each of its fragments has to be for a type of its own"
            return
        used: set[str] = set()
        for on in types:
            possible = self._facts.subgraph.possible_types(on.name)
            matching = [node for node, name in zip(nodes, conditions, strict=True) if name in possible]
            if not matching:
                yield f'no fragment of it is for "{on.name}"'
            for node in matching:
                name = node.type_condition.name.value if node.type_condition is not None else on.name
                used.add(name)
                yield from self._wrong_value(node.selection_set, name)
        for name in conditions:
            if name not in self._facts.subgraph.possible_types(name):
                yield f'its fragment on "{name}" is not for an object type'
            elif name not in used:
                yield f'its fragment on "{name}" is for a type that does not set the context'

    def _wrong_value(self, node: SelectionSetNode, on: str) -> Iterator[str]:
        ref = self._selected(node, on)
        if ref is None or ref != self._argument.type:
            yield f'on "{on}" it does not give the argument\'s type "{self._argument.type}"'

    def _selected(self, node: SelectionSetNode, on: str) -> TypeRef | None:
        """Give the type of what one selected path leads to, nullable throughout; None where it is not one path."""
        definition = self._facts.type(on)
        if len(node.selections) != 1 or definition is None or definition.is_interface_object:
            return None
        (selection,) = node.selections
        field = definition.fields.get(selection.name.value) if isinstance(selection, FieldNode) else None
        if field is None or not isinstance(selection, FieldNode) or selection.directives:
            return None
        if selection.selection_set is None:
            return _wrapped(field.type, Named(field.type_name))
        below = self._selected(selection.selection_set, field.type_name)
        return None if below is None else _wrapped(field.type, below)


def _wrapped(ref: TypeRef, core: TypeRef) -> TypeRef:
    """Give a type in as many lists as a reference has."""
    match ref:
        case NonNull(of=of):
            return _wrapped(of, core)
        case ListOf(of=of):
            return ListOf(_wrapped(of, core))
        case Named():
            return core
