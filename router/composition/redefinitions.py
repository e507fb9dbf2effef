"""Federation's own directives and scalars where a subgraph defines them itself: as the specification has them."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import DirectiveDefinitionNode, DocumentNode, TypeDefinitionNode, parse, print_ast
from graphql.language import ast

from router.composition import federation_spec as spec
from router.composition.links import Links
from router.composition.model import SchemaProblem
from router.composition.type_ref import ListOf, NonNull, TypeRef, named_type, nullable, type_ref

_STANDARD = frozenset({"Int", "Float", "String", "Boolean", "ID"})


def wrong_redefinitions(document: DocumentNode, links: Links) -> Iterator[SchemaProblem]:
    """Give what is wrong in definitions of federation's elements: they may leave out, never add or change."""
    minor = links.version[1] if links.federation is not None else 0
    names = dict(links.federation_names())
    for node in document.definitions:
        if isinstance(node, DirectiveDefinitionNode) and node.name.value in names:
            text = f"directive @{node.name.value} {spec.definition(names[node.name.value], minor)}"
            expected = parse(text, no_location=True).definitions[0]
            assert isinstance(expected, DirectiveDefinitionNode)  # noqa: S101 - narrows for the type checker
            for problem in _wrong_directive(node, expected):
                message = f'The definition of "@{node.name.value}" {problem}.'
                yield SchemaProblem("DIRECTIVE_DEFINITION_INVALID", message, f"@{node.name.value}")
        elif isinstance(node, TypeDefinitionNode) and _is_wrong_scalar(node, links):
            message = f'"{node.name.value}" is a scalar of federation, and defined as something else.'
            yield SchemaProblem("TYPE_DEFINITION_INVALID", message, node.name.value)


def _is_wrong_scalar(node: TypeDefinitionNode, links: Links) -> bool:
    return node.name.value in _scalars(links) and not isinstance(node, ast.ScalarTypeDefinitionNode)


def _scalars(links: Links) -> set[str]:
    names = {"_Any", "_FieldSet"}
    if links.federation is not None:
        names |= {f"{links.federation.prefix}__{name}" for name in spec.SCALARS}
        names |= {local for local, element in links.federation.imports.items() if element in spec.SCALARS}
    return names


def _wrong_directive(actual: DirectiveDefinitionNode, expected: DirectiveDefinitionNode) -> Iterator[str]:
    # Old libraries define @key as one that can not be repeated; that is let pass.
    if actual.repeatable != expected.repeatable and (actual.repeatable or expected.name.value != "key"):
        yield "has to be repeatable" if expected.repeatable else "must not be repeatable"
    known = {location.value for location in expected.locations}
    for location in actual.locations:
        if location.value not in known:
            yield f"is for {location.value}, where the directive does not belong"
    arguments = {argument.name.value: argument for argument in actual.arguments or ()}
    wanted = {argument.name.value: argument for argument in expected.arguments or ()}
    for name in sorted(arguments.keys() - wanted.keys()):
        yield f'has an argument "{name}" that the directive does not have'
    for name, argument in wanted.items():
        own = arguments.get(name)
        ref = type_ref(argument.type)
        if own is None:
            if isinstance(ref, NonNull) and argument.default_value is None:
                yield f'lacks the argument "{name}"'
        elif not _fits(type_ref(own.type) if isinstance(ref, NonNull) else nullable(type_ref(own.type)), ref):
            yield f'has the argument "{name}" with the type "{print_ast(own.type)}" instead of "{ref}"'
        elif not isinstance(own.type, ast.NonNullTypeNode) and _text(own.default_value) != _text(
            argument.default_value
        ):
            yield f'has the argument "{name}" with another default'


def _text(default: ast.ConstValueNode | None) -> str | None:
    return None if default is None else print_ast(default)


def _fits(actual: TypeRef, expected: TypeRef) -> bool:
    """Tell whether a type is the expected one; a string does for a scalar of the specification."""
    if isinstance(expected, NonNull):
        return isinstance(actual, NonNull) and _fits(actual.of, expected.of)
    if isinstance(expected, ListOf):
        return isinstance(actual, ListOf) and _fits(actual.of, expected.of)
    if isinstance(actual, NonNull | ListOf):
        return False
    name = named_type(actual)
    return str(actual) == str(expected) or (named_type(expected) not in _STANDARD and name in _STANDARD | _own(name))


def _own(name: str) -> frozenset[str]:
    # A scalar of the specification may go by another name here: it was imported, or named in the old way.
    return frozenset({name}) if name.endswith(("FieldSet", "Scope", "Policy", "ContextFieldValue")) else frozenset()
