"""What stays visible must not need what is `@inaccessible` (inaccessible specification 0.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphql import ConstValueNode
from graphql.language import ast

from router.composition.errors import Report
from router.composition.model import COMPOSITE, Kind
from router.composition.supergraph import MergedField, MergedInput, MergedSupergraph, MergedType
from router.composition.type_ref import NonNull, TypeRef, named_type

_CODES_OF_ROOTS = "QUERY_ROOT_TYPE_INACCESSIBLE"


def check_inaccessible(supergraph: MergedSupergraph, report: Report) -> None:
    """Report visible elements that refer to hidden ones, and those that are left empty."""
    check = _Check(supergraph, report)
    for definition in supergraph.types.values():
        if definition.has("inaccessible"):
            if definition.name == "Query":
                message = '"Query" is inaccessible, and no API is without a query.'
                report.error(_CODES_OF_ROOTS, message, at="Query")
            continue
        check.type(definition)


class _Check:
    """The rules for each visible type."""

    def __init__(self, supergraph: MergedSupergraph, report: Report) -> None:
        self._types = supergraph.types
        self._report = report

    def _hidden(self, name: str) -> bool:
        definition = self._types.get(name)
        return definition is not None and definition.has("inaccessible")

    def type(self, definition: MergedType) -> None:
        """Check one visible type and what is visible in it."""
        if not any(self._visible_parts(definition)) and definition.kind is not Kind.SCALAR:
            message = f'"{definition.name}" is visible, and nothing in it is.'
            self._report.error("ONLY_INACCESSIBLE_CHILDREN", message, at=definition.name)
        for field in definition.fields.values():
            if field.has("inaccessible"):
                continue
            at = f"{definition.name}.{field.name}"
            self._reference(field.type, at)
            for argument in field.arguments.values():
                self._input(argument, f"{at}({argument.name}:)", "argument")
        for value in definition.inputs.values():
            self._input(value, f"{definition.name}.{value.name}", "input field")
        for interface in definition.interfaces:
            if not self._hidden(interface) and interface in self._types:
                self._implementation(definition, self._types[interface])

    def _visible_parts(self, definition: MergedType) -> Iterator[bool]:
        parts = [*definition.fields.values(), *definition.inputs.values(), *definition.values.values()]
        yield from (not part.has("inaccessible") for part in parts)
        yield from (not self._hidden(member) for member in definition.member_types)

    def _reference(self, ref: TypeRef, at: str) -> None:
        name = named_type(ref)
        if self._hidden(name):
            message = f'"{at}" is visible, and its type "{name}" is not.'
            self._report.error("REFERENCED_INACCESSIBLE", message, at=(at, name))

    def _input(self, value: MergedInput, at: str, sort: str) -> None:
        if value.has("inaccessible"):
            if isinstance(value.type, NonNull) and value.default is None:
                message = f'"{at}" is hidden, and it is a required {sort}.'
                self._report.error("REQUIRED_INACCESSIBLE", message, at=at)
            return
        self._reference(value.type, at)
        if value.default is not None:
            for used in self._hidden_in(value.default, named_type(value.type)):
                message = f'The default of "{at}" uses "{used}", which is hidden.'
                self._report.error("DEFAULT_VALUE_USES_INACCESSIBLE", message, at=(at, used))

    def _hidden_in(self, value: ConstValueNode, type_name: str) -> Iterable[str]:
        definition = self._types.get(type_name)
        match value:
            case ast.ListValueNode(values=items):
                for item in items:
                    yield from self._hidden_in(item, type_name)
            case ast.EnumValueNode(value=name) if definition is not None and definition.kind is Kind.ENUM:
                element = definition.values.get(name)
                if element is not None and element.has("inaccessible"):
                    yield f"{type_name}.{name}"
            case ast.ObjectValueNode(fields=fields) if definition is not None and definition.kind is Kind.INPUT:
                for field in fields:
                    member = definition.inputs.get(field.name.value)
                    if member is not None and member.has("inaccessible"):
                        yield f"{type_name}.{member.name}"
                    elif member is not None:
                        yield from self._hidden_in(field.value, named_type(member.type))

    def _implementation(self, definition: MergedType, interface: MergedType) -> None:
        for wanted in interface.fields.values():
            own = definition.fields.get(wanted.name)
            if wanted.has("inaccessible") or own is None:
                continue
            at = f"{definition.name}.{own.name}"
            if own.has("inaccessible"):
                message = f'"{at}" is hidden, and visible in the interface "{interface.name}".'
                coordinates = (at, f"{interface.name}.{own.name}")
                self._report.error("IMPLEMENTED_BY_INACCESSIBLE", message, at=coordinates)
                continue
            self._arguments(at, own, wanted, interface)

    def _arguments(self, at: str, own: MergedField, wanted: MergedField, interface: MergedType) -> None:
        for name, argument in own.arguments.items():
            expected = wanted.arguments.get(name)
            if argument.has("inaccessible") and expected is not None and not expected.has("inaccessible"):
                message = f'"{at}({name}:)" is hidden, and visible in the interface "{interface.name}".'
                coordinates = (f"{at}({name}:)", f"{interface.name}.{own.name}({name}:)")
                self._report.error("IMPLEMENTED_BY_INACCESSIBLE", message, at=coordinates)


def api_types(supergraph: MergedSupergraph) -> dict[str, MergedType]:
    """Give the composite types of the API schema: what clients can select."""
    return {
        name: definition
        for name, definition in supergraph.types.items()
        if definition.kind in COMPOSITE and not definition.has("inaccessible")
    }
