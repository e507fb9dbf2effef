"""One subgraph's SDL → `Subgraph`: extensions merged, root types renamed, federation's machinery taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from graphql import (
    ConstDirectiveNode,
    DirectiveDefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    GraphQLError,
    InputValueDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    TypeNode,
    parse,
)
from graphql.language import ast

from router.composition import federation_spec as spec
from router.composition.errors import Report
from router.composition.links import Links, read_links
from router.composition.model import (
    ROOTS,
    Directive,
    Element,
    Field,
    InputValue,
    Kind,
    SchemaProblem,
    Subgraph,
    TypeDefinition,
)
from router.composition.redefinitions import wrong_redefinitions
from router.composition.sdl_rules import check_sdl
from router.composition.type_ref import TypeRef, named_type, renamed, type_ref

BUILT_IN_DIRECTIVES = frozenset({"skip", "include", "deprecated", "specifiedBy", "oneOf", "defer", "stream"})
_KINDS: Mapping[str, Kind] = {
    "scalar": Kind.SCALAR,
    "object": Kind.OBJECT,
    "interface": Kind.INTERFACE,
    "union": Kind.UNION,
    "enum": Kind.ENUM,
    "input_object": Kind.INPUT,
}
_SPREAD_TO_FIELDS = ("external", "shareable")


@dataclass(frozen=True, slots=True)
class SubgraphSource:
    """A subgraph as it comes: its name, its address, its schema's text."""

    name: str
    url: str
    sdl: str


def read_subgraph(source: SubgraphSource, graph: str, *, report: Report) -> Subgraph | None:
    """Read one subgraph, None when the report says why not (INVALID_GRAPHQL and the errors of links)."""
    try:
        document = parse(source.sdl)
    except GraphQLError as error:
        where = f" (line {error.locations[0].line}, column {error.locations[0].column})" if error.locations else ""
        report.error("INVALID_GRAPHQL", f"{error.message}{where}", subgraphs=[source.name])
        return None
    except RecursionError:
        report.error("INVALID_GRAPHQL", "The schema is nested too deeply to be parsed.", subgraphs=[source.name])
        return None
    before = len(report.errors)
    links = read_links(document, subgraph=source.name, report=report)
    if len(report.errors) > before:
        return None
    wrong = tuple(wrong_redefinitions(document, links))
    for problem in wrong:
        report.error(problem.code, problem.message, subgraphs=[source.name], at=problem.at or ())
    problems = None if wrong else check_sdl(document, links, subgraph=source.name, report=report)
    return None if problems is None else _Reader(document, links).read(source, graph, problems)


class _Reader:
    """Builds the model of one valid document."""

    def __init__(self, document: DocumentNode, links: Links) -> None:
        self._document = document
        self._links = links
        self._renamed = _root_names(document)
        self._directive_names: dict[str, str] = {}

    def read(self, source: SubgraphSource, graph: str, problems: tuple[SchemaProblem, ...]) -> Subgraph:
        """Give the subgraph."""
        types: dict[str, TypeDefinition] = {}
        for node in self._document.definitions:
            if isinstance(node, TypeDefinitionNode | TypeExtensionNode) and not self._links.is_machinery(
                node.name.value
            ):
                definition = self._type(node)
                known = types.get(definition.name)
                types[definition.name] = definition if known is None else _merged(known, definition)
        return Subgraph(
            name=source.name,
            url=source.url,
            graph=graph,
            version=self._links.version,
            links=self._links,
            types={name: definition for name, definition in types.items() if name not in ROOTS or definition.fields},
            directives=self._directive_definitions(),
            schema_directives=self._schema_directives(),
            directive_names=self._directive_names,
            problems=(*problems, *self._taken_root_names()),
        )

    def _taken_root_names(self) -> Iterator[SchemaProblem]:
        for own, root in self._renamed.items():
            if own != root and any(node.name.value == root for node in self._types()):
                message = f'"{own}" is the root type, so that no other type can be called "{root}".'
                yield SchemaProblem(f"ROOT_{root.upper()}_USED", message, root)

    def _types(self) -> Iterator[TypeDefinitionNode | TypeExtensionNode]:
        for node in self._document.definitions:
            if isinstance(node, TypeDefinitionNode | TypeExtensionNode):
                yield node

    def _directive_definitions(self) -> dict[str, DirectiveDefinitionNode]:
        federation = {name for name, _ in self._links.federation_names()}
        return {
            node.name.value: node
            for node in self._document.definitions
            if isinstance(node, DirectiveDefinitionNode)
            and node.name.value not in federation | BUILT_IN_DIRECTIVES | {"link", "core"}
        }

    def _schema_directives(self) -> tuple[Directive, ...]:
        return tuple(
            directive
            for node in self._document.definitions
            if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode)
            for directive in self._directives(node.directives)
            if "url" not in directive.arguments
        )

    def _directives(
        self, nodes: Iterable[ConstDirectiveNode] | None, *, in_extension: bool = False
    ) -> tuple[Directive, ...]:
        found = []
        for node in nodes or ():
            name = self._links.directive(node.name.value)
            if not name.startswith("@"):
                self._directive_names.setdefault(name, node.name.value)
            arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
            found.append(Directive(name, arguments, in_extension))
        return tuple(found)

    def _ref(self, node: TypeNode) -> TypeRef:
        ref = type_ref(node)
        name = named_type(ref)
        return renamed(ref, self._renamed[name]) if name in self._renamed else ref

    def _name(self, name: str) -> str:
        return self._renamed.get(name, name)

    def _type(self, node: TypeDefinitionNode | TypeExtensionNode) -> TypeDefinition:
        in_extension = isinstance(node, TypeExtensionNode)
        directives = self._directives(node.directives, in_extension=in_extension)
        spread = tuple(directive for directive in directives if directive.name in _SPREAD_TO_FIELDS)
        kind = _KINDS[node.kind.removesuffix("_definition").removesuffix("_extension").removesuffix("_type")]
        parts = getattr(node, "fields", None) or ()
        return TypeDefinition(
            kind=kind,
            name=self._name(node.name.value),
            description=_description(node),
            directives=directives,
            extension=in_extension or (self._links.federation is None and _extends(directives)),
            interfaces=tuple(self._name(name.name.value) for name in getattr(node, "interfaces", None) or ()),
            fields={
                field.name.value: self._field(field, spread)
                for field in parts
                if isinstance(field, FieldDefinitionNode)
                and not (self._name(node.name.value) == "Query" and field.name.value in spec.MACHINERY_FIELDS)
            },
            inputs={
                field.name.value: self._input(field) for field in parts if isinstance(field, InputValueDefinitionNode)
            },
            values={
                value.name.value: Element(
                    name=value.name.value,
                    description=_description(value),
                    directives=self._directives(value.directives),
                )
                for value in getattr(node, "values", None) or ()
            },
            members=tuple(self._name(member.name.value) for member in getattr(node, "types", None) or ()),
        )

    def _field(self, node: FieldDefinitionNode, spread: tuple[Directive, ...]) -> Field:
        own = self._directives(node.directives)
        names = {directive.name for directive in own}
        return Field(
            name=node.name.value,
            description=_description(node),
            directives=own + tuple(directive for directive in spread if directive.name not in names),
            type=self._ref(node.type),
            arguments={argument.name.value: self._input(argument) for argument in node.arguments or ()},
        )

    def _input(self, node: InputValueDefinitionNode) -> InputValue:
        return InputValue(
            name=node.name.value,
            description=_description(node),
            directives=self._directives(node.directives),
            type=self._ref(node.type),
            default=node.default_value,
        )


def _extends(directives: Iterable[Directive]) -> bool:
    return any(directive.name == "extends" for directive in directives)


def _description(node: ast.Node) -> str | None:
    description = getattr(node, "description", None)
    return description.value if isinstance(description, StringValueNode) else None


def _merged(first: TypeDefinition, second: TypeDefinition) -> TypeDefinition:
    """Merge a definition with an extension of it, in whatever order they stand."""
    base, other = (second, first) if first.extension and not second.extension else (first, second)
    return replace(
        base,
        extension=base.extension and other.extension,
        description=base.description if base.description is not None else other.description,
        directives=base.directives + other.directives,
        interfaces=tuple(dict.fromkeys(base.interfaces + other.interfaces)),
        fields={**base.fields, **other.fields},
        inputs={**base.inputs, **other.inputs},
        values={**base.values, **other.values},
        members=tuple(dict.fromkeys(base.members + other.members)),
    )


def _root_names(document: DocumentNode) -> dict[str, str]:
    """Give the names that this schema uses for its root types, each with the name that it gets."""
    return {
        operation.type.name.value: operation.operation.value.capitalize()
        for node in document.definitions
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode)
        for operation in node.operation_types or ()
    }
