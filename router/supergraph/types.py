"""The full supergraph's types and what each subgraph has of them, from the join directives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphql import DocumentNode, FieldNode, InlineFragmentNode, SelectionSetNode, TypeNode, parse_type, print_ast
from graphql.language import (
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
)

from router.errors import SupergraphError
from router.supergraph.api_schema import is_hidden
from router.supergraph.field_sets import FieldSet, parse_field_set
from router.supergraph.links import Links, arguments_of
from router.supergraph.model import (
    AppliedDirective,
    Argument,
    ContextArgument,
    Field,
    JoinField,
    Key,
    Subgraph,
    SubgraphType,
    SupergraphType,
    TypeKind,
    TypeRef,
)
from router.supergraph.requirements import Requirement, read_requirement

__all__ = ["read_types"]

_KINDS: dict[type[TypeDefinitionNode], TypeKind] = {
    ScalarTypeDefinitionNode: TypeKind.SCALAR,
    ObjectTypeDefinitionNode: TypeKind.OBJECT,
    InterfaceTypeDefinitionNode: TypeKind.INTERFACE,
    UnionTypeDefinitionNode: TypeKind.UNION,
    EnumTypeDefinitionNode: TypeKind.ENUM,
    InputObjectTypeDefinitionNode: TypeKind.INPUT,
}
_COMPOSITE = (ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode, UnionTypeDefinitionNode)


def read_types(document: DocumentNode, links: Links, subgraphs: Sequence[Subgraph]) -> dict[str, SupergraphType]:
    """Read all types of the graph itself.

    Raises:
        SupergraphError: a join directive names an unknown graph or holds a field set that cannot be read.
    """
    return _Reader(document, links, subgraphs).read()


class _Reader:
    """Holds what reading a type needs from the rest of the document."""

    def __init__(self, document: DocumentNode, links: Links, subgraphs: Sequence[Subgraph]) -> None:
        self._links = links
        self._names = {subgraph.enum_name: subgraph.name for subgraph in subgraphs}
        self._definitions = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, TypeDefinitionNode) and not links.is_machinery(definition.name.value)
        }
        self._graphs = {name: self._graphs_of(node) for name, node in self._definitions.items()}
        self._implementers = self._read_implementers()
        self._provided = self._read_provided()

    def read(self) -> dict[str, SupergraphType]:
        return {name: self._read_type(definition) for name, definition in self._definitions.items()}

    # ---- directives -----------------------------------------------------------------------------------------------
    def _join(self, node: Any, name: str) -> list[dict[str, Any]]:
        joins = self._links.joins
        return [arguments_of(item) for item in node.directives or () if joins.get(item.name.value) == name]

    def _applied(self, node: Any) -> tuple[AppliedDirective, ...]:
        names = self._links.directives
        return tuple(
            AppliedDirective(names[item.name.value], arguments_of(item))
            for item in node.directives or ()
            if names.get(item.name.value, "inaccessible") != "inaccessible"
        )

    def _graph(self, enum_name: object, where: str) -> str:
        try:
            return self._names[str(enum_name)]
        except KeyError:
            raise SupergraphError(f"{where}: there is no graph {enum_name} in {self._links.graph_enum}") from None

    def _graphs_of(self, definition: TypeDefinitionNode) -> list[str]:
        """Name the subgraphs that have a type. Where none is named (join v0.1's value types) all have it."""
        where = definition.name.value
        given = [self._graph(item.get("graph"), where) for item in self._join(definition, "type")]
        given += [self._graph(item.get("graph"), where) for item in self._join(definition, "owner")]
        named = set(given) or set(self._names.values())
        return [name for name in self._names.values() if name in named]

    # ---- abstract types ---------------------------------------------------------------------------------------------
    def _read_implementers(self) -> dict[str, dict[str, set[str]]]:
        """Map interface and union names to concrete types, for each subgraph."""
        members: dict[str, dict[str, set[str]]] = {}
        for name, definition in self._definitions.items():
            if isinstance(definition, ObjectTypeDefinitionNode):
                self._add_interfaces(members, name, definition)
            elif isinstance(definition, UnionTypeDefinitionNode):
                self._add_members(members, name, definition)
        return members

    def _add_interfaces(
        self, members: dict[str, dict[str, set[str]]], name: str, definition: ObjectTypeDefinitionNode
    ) -> None:
        given = self._join(definition, "implements")
        if given:
            pairs = [(self._graph(item.get("graph"), name), str(item.get("interface"))) for item in given]
        else:
            pairs = [
                (graph, interface.name.value)
                for interface in definition.interfaces or ()
                for graph in self._graphs[name]
                if graph in self._graphs.get(interface.name.value, ())
            ]
        for graph, interface_name in pairs:
            members.setdefault(interface_name, {}).setdefault(graph, set()).add(name)

    def _add_members(
        self, members: dict[str, dict[str, set[str]]], name: str, definition: UnionTypeDefinitionNode
    ) -> None:
        given = self._join(definition, "unionMember")
        if given:
            pairs = [(self._graph(item.get("graph"), name), str(item.get("member"))) for item in given]
        else:
            pairs = [
                (graph, member.name.value)
                for member in definition.types or ()
                for graph in self._graphs[name]
                if graph in self._graphs.get(member.name.value, ())
            ]
        for graph, member_name in pairs:
            members.setdefault(name, {}).setdefault(graph, set()).add(member_name)

    def _possible_types(self, definition: TypeDefinitionNode) -> frozenset[str]:
        name = definition.name.value
        if isinstance(definition, ObjectTypeDefinitionNode):
            return frozenset({name})
        if isinstance(definition, UnionTypeDefinitionNode):
            return frozenset(member.name.value for member in definition.types or ())
        return frozenset(
            other.name.value
            for other in self._definitions.values()
            if isinstance(other, ObjectTypeDefinitionNode)
            and any(interface.name.value == name for interface in other.interfaces or ())
        )

    # ---- types ------------------------------------------------------------------------------------------------------
    def _read_type(self, definition: TypeDefinitionNode) -> SupergraphType:
        name = definition.name.value
        composite = isinstance(definition, _COMPOSITE)
        fields = (
            getattr(definition, "fields", None) or () if not isinstance(definition, UnionTypeDefinitionNode) else ()
        )
        values = definition.values or () if isinstance(definition, EnumTypeDefinitionNode) else ()
        interfaces = getattr(definition, "interfaces", None) or ()
        return SupergraphType(
            name=name,
            kind=_KINDS[type(definition)],
            hidden=is_hidden(definition, self._links),
            fields={node.name.value: self._read_field(node, name) for node in fields},
            interfaces=tuple(node.name.value for node in interfaces),
            possible_types=self._possible_types(definition) if composite else frozenset(),
            enum_values={node.name.value: is_hidden(node, self._links) for node in values},
            subgraphs=self._read_subgraph_types(definition) if composite else {},
            directives=(applied := self._applied(definition)),
            requirements=_requirements(applied, name),
        )

    def _read_field(self, node: FieldDefinitionNode, parent: str) -> Field:
        applied = self._applied(node)
        return Field(
            name=node.name.value,
            type=_type_ref(node.type),
            arguments={
                argument.name.value: Argument(
                    argument.name.value, _type_ref(argument.type), is_hidden(argument, self._links)
                )
                for argument in getattr(node, "arguments", None) or ()
            },
            hidden=is_hidden(node, self._links),
            directives=applied,
            requirements=_requirements(applied, f"{parent}.{node.name.value}"),
        )

    def _read_subgraph_types(self, definition: TypeDefinitionNode) -> dict[str, SubgraphType]:
        name = definition.name.value
        joins = self._join(definition, "type")
        fields = self._read_join_fields(definition)
        result: dict[str, SubgraphType] = {}
        for graph in self._graphs[name]:
            given = [item for item in joins if self._graph(item.get("graph"), name) == graph]
            is_object = any(item.get("isInterfaceObject") for item in given)
            members = {name} if is_object else self._implementers.get(name, {}).get(graph, set())
            if isinstance(definition, ObjectTypeDefinitionNode):
                members = {name}
            result[graph] = SubgraphType(
                name=name,
                subgraph=graph,
                kind=TypeKind.OBJECT if is_object else _KINDS[type(definition)],
                fields=fields[graph],
                keys=self._read_keys(given, name),
                members=frozenset(members),
                interface_object=is_object,
            )
        return result

    def _read_keys(self, joins: Iterable[Mapping[str, Any]], name: str) -> tuple[Key, ...]:
        keys: dict[str, Key] = {}
        for item in joins:
            if item.get("key"):
                field_set = parse_field_set(str(item["key"]), where=f"{name} @key")
                resolvable = item.get("resolvable") is not False
                known = keys.get(field_set.text)
                keys[field_set.text] = Key(field_set, resolvable or (known is not None and known.resolvable))
        return tuple(keys.values())

    # ---- fields of subgraphs ------------------------------------------------------------------------------------
    def _read_join_fields(self, definition: TypeDefinitionNode) -> dict[str, dict[str, JoinField]]:
        name = definition.name.value
        graphs = self._graphs[name]
        result: dict[str, dict[str, JoinField]] = {graph: {} for graph in graphs}
        if isinstance(definition, UnionTypeDefinitionNode):
            return result
        owner = [self._graph(item.get("graph"), name) for item in self._join(definition, "owner")]
        for node in getattr(definition, "fields", None) or ():
            given = self._join(node, "field")
            plain = JoinField(node.name.value, _type_ref(node.type))
            if not given:
                # Without @join__field: every graph of the type, or in join v0.1 its owner.
                for graph in owner or graphs:
                    result[graph][plain.name] = plain
            for graph, join_field in self._join_fields(given, plain, f"{name}.{plain.name}").items():
                result.setdefault(graph, {})[plain.name] = join_field
            if owner:
                self._add_key_fields(definition, plain, result)
                for graph in graphs:
                    if plain.name in self._provided.get((name, graph), ()):
                        result[graph].setdefault(plain.name, replace(plain, external=True))
        return result

    def _add_key_fields(
        self, definition: TypeDefinitionNode, plain: JoinField, result: dict[str, dict[str, JoinField]]
    ) -> None:
        """Give every subgraph the fields of its keys, which join v0.1 does not say of each."""
        for item in self._join(definition, "type"):
            if not item.get("key"):
                continue
            keys = parse_field_set(str(item["key"]), where=definition.name.value)
            names = {node.name.value for node in keys.selection.selections if hasattr(node, "name")}
            if plain.name in names:
                result[self._graph(item.get("graph"), definition.name.value)].setdefault(plain.name, plain)

    def _read_provided(self) -> dict[tuple[str, str], set[str]]:
        """Map types and graphs to the fields that @provides gives there, which join v0.1 does not call external.

        Empty for later versions.
        """
        found: dict[tuple[str, str], set[str]] = {}
        if not any(self._join(definition, "owner") for definition in self._definitions.values()):
            return found
        for definition in self._definitions.values():
            for node in getattr(definition, "fields", None) or ():
                for item in self._join(node, "field"):
                    if item.get("provides"):
                        where = f"{definition.name.value}.{node.name.value} @provides"
                        graph = self._graph(item.get("graph"), where)
                        selection = parse_field_set(str(item["provides"]), where=where).selection
                        self._add_provided(found, graph, _type_ref(node.type).named, selection)
        return found

    def _add_provided(
        self, found: dict[tuple[str, str], set[str]], graph: str, type_name: str, selection: SelectionSetNode
    ) -> None:
        fields = {node.name.value: node for node in getattr(self._definitions.get(type_name), "fields", None) or ()}
        for node in selection.selections:
            if isinstance(node, InlineFragmentNode):
                condition = type_name if node.type_condition is None else node.type_condition.name.value
                self._add_provided(found, graph, condition, node.selection_set)
            elif isinstance(node, FieldNode) and node.name.value in fields:
                found.setdefault((type_name, graph), set()).add(node.name.value)
                if node.selection_set is not None:
                    below = _type_ref(fields[node.name.value].type).named
                    self._add_provided(found, graph, below, node.selection_set)

    def _join_fields(self, given: list[dict[str, Any]], plain: JoinField, where: str) -> dict[str, JoinField]:
        fields: dict[str, JoinField] = {}
        for item in given:
            if item.get("graph") is not None:
                fields[self._graph(item["graph"], where)] = self._join_field(item, plain, where)
        for item in given:
            if item.get("override") and item.get("graph") is not None:
                self._apply_override(item, fields, where)
        return fields

    def _join_field(self, item: Mapping[str, Any], plain: JoinField, where: str) -> JoinField:
        own_type = item.get("type")
        label = item.get("overrideLabel")
        return JoinField(
            name=plain.name,
            type=_type_ref(parse_type(str(own_type), no_location=True)) if own_type else plain.type,
            external=bool(item.get("external")),
            overridden=bool(item.get("usedOverridden")) and not label,
            override_label=label if item.get("override") else None,
            overridden_by_label=None if item.get("override") else label,
            requires=_field_set(item.get("requires"), f"{where} @requires"),
            provides=_field_set(item.get("provides"), f"{where} @provides"),
            contexts=tuple(_context_argument(given, where) for given in item.get("contextArguments") or ()),
        )

    def _apply_override(self, item: Mapping[str, Any], fields: dict[str, JoinField], where: str) -> None:
        """Take the field from its old owner. A source that is no subgraph here is nothing (rule 19)."""
        source = str(item["override"])
        graph = source if source in fields else self._names.get(source)
        new_owner = self._graph(item["graph"], where)
        if graph is None or graph not in fields or graph == new_owner:
            return
        label = item.get("overrideLabel")
        if label:
            fields[graph] = replace(fields[graph], overridden=False, overridden_by_label=str(label))
        else:
            fields[graph] = replace(fields[graph], overridden=True)


def _requirements(applied: Iterable[AppliedDirective], where: str) -> frozenset[Requirement]:
    found = (read_requirement(item.name, item.arguments, where=where) for item in applied)
    return frozenset(item for item in found if item is not None)


def _context_argument(given: Any, where: str) -> ContextArgument:
    """Read one of `contextArguments`; its selection has braces of its own or none.

    Raises:
        SupergraphError: a part of it is missing or cannot be read.
    """
    parts = [given.get(name) if isinstance(given, dict) else None for name in ("name", "type", "context", "selection")]
    if not all(isinstance(part, str) and part for part in parts):
        raise SupergraphError(f"{where}: contextArguments need name, type, context and selection")
    name, type_text, context, text = map(str, parts)
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    selection = parse_field_set(text, where=f"{where} @fromContext")
    return ContextArgument(name, _type_ref(parse_type(type_text, no_location=True)), context, selection)


def _field_set(text: object, where: str) -> FieldSet | None:
    return parse_field_set(str(text), where=where) if text else None


def _type_ref(node: TypeNode) -> TypeRef:
    depth = 0
    inner: Any = node
    while not isinstance(inner, NamedTypeNode):
        depth += isinstance(inner, ListTypeNode)
        inner = inner.type
    return TypeRef(print_ast(node), inner.name.value, depth)
