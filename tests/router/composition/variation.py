"""Random variations of subgraphs: something in them is added, removed, changed, moved or broken.

What comes out may compose or not; it is for comparing composers, which have to say the same of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from graphql import parse, parse_type, parse_value, print_ast
from graphql.language import ast

from router.composition import SubgraphSource
from router.composition.federation_spec import DIRECTIVES

_OBJECTS = (ast.ObjectTypeDefinitionNode, ast.ObjectTypeExtensionNode)
_INTERFACES = (ast.InterfaceTypeDefinitionNode, ast.InterfaceTypeExtensionNode)
_FIELDED = (*_OBJECTS, *_INTERFACES)
_INPUTS = (ast.InputObjectTypeDefinitionNode, ast.InputObjectTypeExtensionNode)
_ENUMS = (ast.EnumTypeDefinitionNode, ast.EnumTypeExtensionNode)
_UNIONS = (ast.UnionTypeDefinitionNode, ast.UnionTypeExtensionNode)
_SCHEMAS = (ast.SchemaDefinitionNode, ast.SchemaExtensionNode)
_EXTENDED = {
    ast.ObjectTypeDefinitionNode: ast.ObjectTypeExtensionNode,
    ast.InterfaceTypeDefinitionNode: ast.InterfaceTypeExtensionNode,
    ast.EnumTypeDefinitionNode: ast.EnumTypeExtensionNode,
    ast.InputObjectTypeDefinitionNode: ast.InputObjectTypeExtensionNode,
    ast.UnionTypeDefinitionNode: ast.UnionTypeExtensionNode,
}
_SCALARS = ("Int", "String", "ID", "Boolean", "Float")
Node = Any
"""A syntax node; which attributes it has depends on its kind."""


def varied(subgraphs: Sequence[SubgraphSource], seed: int) -> tuple[SubgraphSource, ...]:
    """Give the subgraphs with one to three things changed; the same seed gives the same."""
    return _Variation(subgraphs, seed).subgraphs()


class _Variation:
    """The subgraphs' syntax trees, changed in place."""

    def __init__(self, subgraphs: Sequence[SubgraphSource], seed: int) -> None:
        self._random = random.Random(seed)
        self._sources = subgraphs
        self._documents: list[Node] = [deepcopy(parse(one.sdl, no_location=True)) for one in subgraphs]
        self._document: Node = None

    def subgraphs(self) -> tuple[SubgraphSource, ...]:
        changes: list[Callable[[], None]] = [
            self._change_type,
            self._change_type,
            self._remove_part,
            self._remove_part,
            self._remove_type,
            self._add_directive,
            self._add_directive,
            self._add_directive,
            self._add_directive,
            self._remove_directive,
            self._remove_directive,
            self._copy_field,
            self._copy_field,
            self._copy_type,
            self._add_argument,
            self._change_default,
            self._describe,
            self._extend,
            self._change_version,
            self._rename_field,
            self._rename_type,
            self._change_field_set,
            self._implement,
            self._add_value,
        ]
        for _ in range(self._random.choice([1, 1, 1, 2, 2, 3])):
            self._document = self._random.choice(self._documents)
            self._random.choice(changes)()
        return tuple(
            SubgraphSource(one.name, one.url, print_ast(document))
            for one, document in zip(self._sources, self._documents, strict=True)
        )

    # ---- finding ---------------------------------------------------------------------------------------------------

    def _types(self, kinds: tuple[type, ...] = (), *, document: Node = None) -> list[Node]:
        definitions = (document or self._document).definitions
        return [
            node for node in definitions if isinstance(node, kinds or (ast.TypeDefinitionNode, ast.TypeExtensionNode))
        ]

    def _pick(self, nodes: Sequence[Node]) -> Node | None:
        return self._random.choice(nodes) if nodes else None

    def _fields(self) -> list[tuple[Node, Node]]:
        return [(node, field) for node in self._types((*_FIELDED, *_INPUTS)) for field in node.fields or ()]

    def _arguments(self) -> list[Node]:
        return [argument for _, field in self._fields() for argument in getattr(field, "arguments", None) or ()]

    def _elements(self) -> list[Node]:
        values = [value for node in self._types(_ENUMS) for value in node.values or ()]
        fields = [field for _, field in self._fields()]
        # Fields thrice: that is where most rules are.
        return [*self._types(), *self._types(), *fields, *fields, *fields, *self._arguments(), *values]

    def _field_names(self, type_name: str) -> list[str]:
        return [
            field.name.value
            for node in self._types(_FIELDED)
            if node.name.value == type_name
            for field in node.fields or ()
        ]

    # ---- changing --------------------------------------------------------------------------------------------------

    def _change_type(self) -> None:
        value = self._pick([field for _, field in self._fields()] + self._arguments())
        if value is None:
            return
        ref = value.type
        match self._random.randint(0, 3):
            case 0:
                _set(value, "type", ref.type if isinstance(ref, ast.NonNullTypeNode) else ast.NonNullTypeNode(type=ref))
            case 1:
                _set(value, "type", ref.type if isinstance(ref, ast.ListTypeNode) else ast.ListTypeNode(type=ref))
            case _:
                names = [node.name.value for node in self._types()] + list(_SCALARS)
                _set(value, "type", parse_type(print_ast(ref).replace(_core(ref), self._random.choice(names))))

    def _remove_part(self) -> None:
        node = self._pick([node for node in self._types() if _parts(node)[1]])
        if node is None:
            return
        name, parts = _parts(node)
        gone = self._random.choice(parts)
        _set(node, name, tuple(part for part in parts if part is not gone))

    def _remove_type(self) -> None:
        gone = self._pick(self._types())
        _set(self._document, "definitions", tuple(node for node in self._document.definitions if node is not gone))

    def _copy_field(self) -> None:
        """Take a field of the same type from another subgraph."""
        other = self._random.choice(self._documents)
        mine = {node.name.value: node for node in self._types((*_FIELDED, *_INPUTS, *_ENUMS, *_UNIONS))}
        theirs = [node for node in self._types(document=other) if node.name.value in mine and _parts(node)[1]]
        source = self._pick(theirs)
        if source is None or type(source) is not type(mine[source.name.value]):
            return
        attribute, parts = _parts(source)
        part = self._random.choice(parts)
        target = mine[source.name.value]
        kept = [one for one in getattr(target, attribute) or () if one.name.value != part.name.value]
        _set(target, attribute, (*kept, deepcopy(part)))

    def _copy_type(self) -> None:
        other = self._random.choice(self._documents)
        source = self._pick(self._types(document=other))
        if source is not None and source.name.value not in {node.name.value for node in self._types()}:
            _set(self._document, "definitions", (*self._document.definitions, deepcopy(source)))

    def _add_argument(self) -> None:
        field = self._pick([field for node in self._types(_FIELDED) for field in node.fields or ()])
        if field is None:
            return
        kind = self._random.choice(["Int", "Int!", 'String = "x"', "Int! = 1", "[Int]"])
        node: Node = parse(f"type T {{ f(extra: {kind}): Int }}", no_location=True).definitions[0]
        _set(field, "arguments", (*(field.arguments or ()), node.fields[0].arguments[0]))

    def _change_default(self) -> None:
        values = self._arguments() + [field for node in self._types(_INPUTS) for field in node.fields or ()]
        value = self._pick(values)
        if value is not None:
            default = self._random.choice([None, "1", "2", '"a"', "null", "[]", "{}", "[1]"])
            _set(value, "default_value", None if default is None else parse_value(default))

    def _describe(self) -> None:
        element = self._pick(self._elements())
        if element is not None:
            _set(element, "description", ast.StringValueNode(value=self._random.choice(["one", "two", "three"])))

    def _extend(self) -> None:
        nodes = list(self._document.definitions)
        places = [index for index, node in enumerate(nodes) if type(node) in _EXTENDED]
        if not places:
            return
        index = self._random.choice(places)
        node = nodes[index]
        extended: type[Node] = _EXTENDED[type(node)]
        nodes[index] = extended(**{key: getattr(node, key) for key in extended.keys if hasattr(node, key)})
        _set(self._document, "definitions", tuple(nodes))

    def _change_version(self) -> None:
        schema = self._pick(self._types(_SCHEMAS))
        for directive in (schema.directives if schema is not None else None) or ():
            for argument in directive.arguments:
                if argument.name.value == "url" and "/federation/" in getattr(argument.value, "value", ""):
                    minor = self._random.choice([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
                    _set(
                        argument, "value", ast.StringValueNode(value=f"https://specs.apollo.dev/federation/v2.{minor}")
                    )
                    self._restrict_imports(directive, minor)

    def _restrict_imports(self, directive: Node, minor: int) -> None:
        if self._random.random() < 0.1:
            return
        for argument in directive.arguments:
            if argument.name.value == "import" and isinstance(argument.value, ast.ListValueNode):
                values: tuple[Node, ...] = argument.value.values
                kept = tuple(value for value in values if _is_known(value, minor))
                _set(argument, "value", ast.ConstListValueNode(values=kept))

    def _rename_field(self) -> None:
        found = self._pick(self._fields())
        others = self._pick(self._fields())
        if found is not None and others is not None:
            _set(found[1], "name", ast.NameNode(value=others[1].name.value))

    def _rename_type(self) -> None:
        """Let a type be another kind of type, by its name alone."""
        first, second = self._pick(self._types()), self._pick(self._types())
        if first is not None and second is not None:
            names = first.name, second.name
            _set(first, "name", names[1])
            _set(second, "name", names[0])

    def _implement(self) -> None:
        node = self._pick(self._types(_OBJECTS))
        interface = self._pick(self._types(_INTERFACES))
        if node is not None and interface is not None:
            _set(node, "interfaces", (*(node.interfaces or ()), ast.NamedTypeNode(name=interface.name)))

    def _add_value(self) -> None:
        node = self._pick(self._types(_ENUMS))
        if node is not None and all(value.name.value != "EXTRA" for value in node.values or ()):
            _set(node, "values", (*(node.values or ()), ast.EnumValueDefinitionNode(name=ast.NameNode(value="EXTRA"))))

    # ---- directives ------------------------------------------------------------------------------------------------

    def _remove_directive(self) -> None:
        element = self._pick([element for element in self._elements() if element.directives])
        if element is not None:
            gone = self._random.choice(element.directives)
            _set(element, "directives", tuple(one for one in element.directives if one is not gone))

    def _change_field_set(self) -> None:
        applied = [
            (directive, node)
            for node, field in self._fields()
            for element in (node, field)
            for directive in element.directives or ()
            if directive.name.value in {"key", "requires", "provides"} and directive.arguments
        ]
        found = self._pick(applied)
        if found is not None:
            directive, node = found
            _set(directive.arguments[0], "value", ast.StringValueNode(value=self._field_set(node.name.value)))

    def _field_set(self, type_name: str) -> str:
        names = self._field_names(type_name) or ["id"]
        chosen = self._random.sample(names, min(len(names), self._random.choice([1, 1, 2])))
        if self._random.random() < 0.15:
            chosen[0] = self._random.choice(
                [
                    f"{chosen[0]} {{ id }}",
                    f"... on {type_name} {{ {chosen[0]} }}",
                    f"a: {chosen[0]}",
                    "__typename",
                    "nope",
                ]
            )
        return " ".join(chosen)

    def _add_directive(self) -> None:
        found = self._pick(self._elements())
        if found is None:
            return
        text = self._random.choice(self._applications(found))
        carrier: Node = parse(f"scalar S {text}", no_location=True).definitions[0]
        _set(found, "directives", (*(found.directives or ()), carrier.directives[0]))

    def _applications(self, element: Node) -> list[str]:
        scopes = self._random.choice(['[["a"]]', '[["b"]]', '[["a", "b"]]', '[["a"], ["b"]]', "[]", "[[]]"])
        hidden = ["@inaccessible", "@inaccessible", f'@tag(name: "{self._random.choice("ab")}")']
        rights = ["@authenticated", f"@requiresScopes(scopes: {scopes})", f"@policy(policies: {scopes})"]
        cost = f"@cost(weight: {self._random.randint(0, 3)})"
        deprecated = f'@deprecated(reason: "{self._random.choice(["a", "b"])}")'
        match element:
            case ast.ObjectTypeDefinitionNode() | ast.ObjectTypeExtensionNode():
                key = f'@key(fields: "{self._field_set(element.name.value)}")'
                unresolvable = f'@key(fields: "{self._field_set(element.name.value)}", resolvable: false)'
                own = [key, key, unresolvable, "@shareable", "@extends", "@interfaceObject", "@external", cost]
                return [*own, '@context(name: "c")', *hidden, *rights]
            case ast.InterfaceTypeDefinitionNode() | ast.InterfaceTypeExtensionNode():
                return [f'@key(fields: "{self._field_set(element.name.value)}")', *hidden, *rights]
            case ast.FieldDefinitionNode():
                return [*self._on_fields(element), *hidden, *rights, cost, deprecated]
            case ast.InputValueDefinitionNode():
                return [*hidden, cost, deprecated, '@fromContext(field: "$c { id }")', '@fromContext(field: "x")']
            case ast.EnumValueDefinitionNode():
                return [*hidden, deprecated]
            case _:
                return [*hidden, cost, *rights]

    def _on_fields(self, field: Node) -> list[str]:
        parents = [node.name.value for node, other in self._fields() if other is field] or ["Query"]
        source = self._random.choice([*(one.name for one in self._sources), "nobody"])
        labelled = f'@override(from: "{source}", label: "{self._random.choice(["percent(5)", "l", "1"])}")'
        return [
            *["@shareable"] * 4,
            *["@external"] * 2,
            *[f'@requires(fields: "{self._field_set(parents[0])}")'] * 2,
            *[f'@provides(fields: "{self._field_set(_core(field.type))}")'] * 2,
            *[f'@override(from: "{source}")'] * 2,
            labelled,
            f"@listSize(assumedSize: {self._random.randint(-1, 3)})",
            '@listSize(slicingArguments: ["extra"], sizedFields: ["x"])',
        ]


def _set(node: Node, attribute: str, value: object) -> None:
    """Change a node: they are frozen, and these ones are copies that nobody else has."""
    object.__setattr__(node, attribute, value)


def _is_known(imported: Node, minor: int) -> bool:
    """Tell whether a version of federation has what is imported; what is imported under another name is let be."""
    if not isinstance(imported, ast.StringValueNode):
        return True
    name = imported.value.removeprefix("@")
    return name not in DIRECTIVES or DIRECTIVES[name].since <= minor


def _core(ref: Node) -> str:
    while not isinstance(ref, ast.NamedTypeNode):
        ref = ref.type
    return ref.name.value


def _parts(node: Node) -> tuple[str, tuple[Node, ...]]:
    """Give the attribute that holds a type's members, and those."""
    if isinstance(node, _ENUMS):
        return "values", tuple(node.values or ())
    if isinstance(node, _UNIONS):
        return "types", tuple(node.types or ())
    return ("fields", tuple(node.fields or ())) if hasattr(node, "fields") else ("directives", ())
