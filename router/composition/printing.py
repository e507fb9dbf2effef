"""The merged supergraph → SDL by the join specification 0.5; the same supergraph gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from graphql import print_ast
from graphql.language.block_string import print_block_string

from router.composition.federation_spec import DIRECTIVES
from router.composition.model import ROOTS, Directive, Element, Kind
from router.composition.supergraph import (
    DirectiveDefinition,
    JoinField,
    JoinType,
    MergedField,
    MergedInput,
    MergedSupergraph,
    MergedType,
)

_JOIN_DIRECTIVES = """\
directive @join__directive(graphs: [join__Graph!], name: String!, args: join__DirectiveArguments) repeatable on SCHEMA \
| OBJECT | INTERFACE | FIELD_DEFINITION
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, \
external: Boolean, override: String, usedOverridden: Boolean, overrideLabel: String, \
contextArguments: [join__ContextArgument!]) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, \
resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM \
| INPUT_OBJECT | SCALAR
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
"""
_MACHINERY_TYPES = {
    "join__ContextArgument": """\
input join__ContextArgument {
  name: String!
  type: String!
  context: String!
  selection: join__FieldValue!
}""",
    "join__DirectiveArguments": "scalar join__DirectiveArguments",
    "join__FieldSet": "scalar join__FieldSet",
    "join__FieldValue": "scalar join__FieldValue",
    "link__Import": "scalar link__Import",
    "link__Purpose": '''\
enum link__Purpose {
  """
  What it says is needed to resolve fields securely.
  """
  SECURITY

  """
  What it says is needed to execute operations.
  """
  EXECUTION
}''',
}
_SPECS: Mapping[str, tuple[str, str | None, tuple[str, ...]]] = {
    "tag": ("v0.3", None, ("tag",)),
    "inaccessible": ("v0.2", "SECURITY", ("inaccessible",)),
    "authenticated": ("v0.1", "SECURITY", ("authenticated",)),
    "requiresScopes": ("v0.1", "SECURITY", ("requiresScopes",)),
    "policy": ("v0.1", "SECURITY", ("policy",)),
    "cost": ("v0.1", None, ("cost", "listSize")),
    "context": ("v0.1", "SECURITY", ("context",)),
}
"""The specifications of the directives that are kept: version, purpose, and which directives each holds."""

_SCALARS = {
    "requiresScopes": "requiresScopes__Scope",
    "policy": "policy__Policy",
    "context": "context__ContextFieldValue",
}
_FEDERATION_SCALARS = {"federation__Scope": "requiresScopes__Scope", "federation__Policy": "policy__Policy"}


def print_supergraph(supergraph: MergedSupergraph) -> str:
    """Give the SDL: schema, directives by name, types by name."""
    used = frozenset(
        directive.name
        for element in [supergraph.schema, *(element for _, element in supergraph.elements())]
        for directive in element.directives
        if directive.name in DIRECTIVES
    )
    types = dict(_MACHINERY_TYPES)
    types["join__Graph"] = _graphs(supergraph)
    types |= {scalar: f"scalar {scalar}" for name, scalar in _SCALARS.items() if name in used}
    types |= {name: _type(definition) for name, definition in supergraph.types.items()}
    directives = [*_JOIN_DIRECTIVES.splitlines(), *(_federation_directive(name) for name in used)]
    directives += [_directive_definition(definition) for definition in supergraph.directives.values()]
    parts = [
        _schema(supergraph, used),
        *sorted(directives, key=lambda text: _order(text.partition("directive @")[2])),
        *(types[name] for name in sorted(types, key=_order)),
    ]
    return "\n\n".join(parts) + "\n"


def _order(name: str) -> tuple[str, str]:
    return name.lower(), name


def _schema(supergraph: MergedSupergraph, used: frozenset[str]) -> str:
    links = ['url: "https://specs.apollo.dev/link/v1.0"', 'url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION']
    for spec, (version, purpose, directives) in _SPECS.items():
        if used.isdisjoint(directives):
            continue
        imported = [f'"@{name}"' for name in directives if name != spec and name in used]
        link = f'url: "https://specs.apollo.dev/{spec}/{version}"'
        link += f", import: [{', '.join(imported)}]" if imported else ""
        links.append(link + (f", for: {purpose}" if purpose else ""))
    links += [
        f"url: {_quoted(link.url)}, import: [{', '.join(map(_quoted, link.imports))}]" for link in supergraph.links
    ]
    lines = ["schema", *(f"  @link({link})" for link in links)]
    lines += [f"  {_applied(directive)}" for directive in supergraph.schema.directives]
    roots = [f"  {root.lower()}: {root}" for root in ROOTS if root in supergraph.types]
    return "\n".join([*lines, "{", *roots, "}"])


def _federation_directive(name: str) -> str:
    definition = DIRECTIVES[name].definition
    for scalar, own in _FEDERATION_SCALARS.items():
        definition = definition.replace(scalar, own)
    return f"directive @{name}{'' if definition.startswith('(') else ' '}{definition}"


def _directive_definition(definition: DirectiveDefinition) -> str:
    arguments = f"({', '.join(map(_input, definition.arguments))})" if definition.arguments else ""
    repeatable = " repeatable" if definition.repeatable else ""
    text = f"directive @{definition.name}{arguments}{repeatable} on {' | '.join(definition.locations)}"
    return "\n".join([*_description(definition.description), text])


def _graphs(supergraph: MergedSupergraph) -> str:
    lines = [
        f"  {graph.value} @join__graph(name: {_quoted(graph.name)}, url: {_quoted(graph.url)})"
        for graph in supergraph.graphs
    ]
    return "\n".join(["enum join__Graph {", *lines, "}"])


def _type(definition: MergedType) -> str:
    implements = f" implements {' & '.join(definition.interfaces)}" if definition.implements else ""
    lines = [*_description(definition.description), f"{definition.kind.value} {definition.name}{implements}"]
    lines += [
        f"  @join__implements(graph: {graph}, interface: {_quoted(interface)})"
        for graph, interface in definition.implements
    ]
    lines += [f"  {_join_type(join)}" for join in definition.joins]
    lines += [
        f"  @join__unionMember(graph: {graph}, member: {_quoted(member)})" for graph, member in definition.members
    ]
    lines += [f"  {_applied(directive)}" for directive in definition.directives]
    match definition.kind:
        case Kind.SCALAR:
            return "\n".join(lines)
        case Kind.UNION:
            return "\n".join([*lines, f" = {' | '.join(definition.member_types)}"])
        case _:
            return "\n".join([*lines, "{", *_members(definition), "}"])


def _members(definition: MergedType) -> Iterator[str]:
    members: list[tuple[Element, str]] = [(field, _field(field)) for field in definition.fields.values()]
    members += [(value, _input(value)) for value in definition.inputs.values()]
    for value in definition.values.values():
        joins = (f"@join__enumValue(graph: {graph})" for graph in value.graphs)
        members.append((value, " ".join([value.name, *joins, *map(_applied, value.directives)])))
    for index, (element, text) in enumerate(members):
        description = [f"  {line}" if line else "" for line in _description(element.description)]
        if description and index:
            yield ""
        yield from description
        yield f"  {text}"


def _field(field: MergedField) -> str:
    arguments = f"({', '.join(map(_argument, field.arguments.values()))})" if field.arguments else ""
    parts = [f"{field.name}{arguments}: {field.type}", *map(_join_field, field.joins)]
    return " ".join([*parts, *map(_applied, field.directives)])


def _argument(argument: MergedInput) -> str:
    if not argument.description:
        return _input(argument)
    # An argument stands within a line, and so does its description.
    return f"{_quoted(argument.description)} {_input(argument)}"


def _input(value: MergedInput) -> str:
    default = [] if value.default is None else ["=", print_ast(value.default)]
    joins = map(_join_field, value.joins)
    return " ".join([f"{value.name}: {value.type}", *default, *joins, *map(_applied, value.directives)])


def _join_type(join: JoinType) -> str:
    arguments = [f"graph: {join.graph}"]
    if join.key is not None:
        arguments.append(f"key: {_quoted(join.key)}")
    if join.extension:
        arguments.append("extension: true")
    if not join.resolvable:
        arguments.append("resolvable: false")
    if join.is_interface_object:
        arguments.append("isInterfaceObject: true")
    return f"@join__type({', '.join(arguments)})"


def _join_field(join: JoinField) -> str:
    texts = {
        "requires": join.requires,
        "provides": join.provides,
        "override": join.override,
        "type": join.type,
        "overrideLabel": join.override_label,
    }
    flags = {"external": join.external, "usedOverridden": join.used_overridden}
    arguments = [] if join.graph is None else [f"graph: {join.graph}"]
    arguments += [f"{name}: {_quoted(text)}" for name, text in texts.items() if text is not None]
    arguments += [f"{name}: true" for name, flag in flags.items() if flag]
    if join.context_arguments:
        contexts = ", ".join(
            f"{{context: {_quoted(one.context)}, name: {_quoted(one.name)}, type: {_quoted(one.type)}, "
            f"selection: {_quoted(one.selection)}}}"
            for one in join.context_arguments
        )
        arguments.append(f"contextArguments: [{contexts}]")
    return f"@join__field({', '.join(arguments)})" if arguments else "@join__field"


def _applied(directive: Directive) -> str:
    name = directive.name.removeprefix("@")
    arguments = ", ".join(f"{argument}: {print_ast(value)}" for argument, value in directive.arguments.items())
    return f"@{name}({arguments})" if arguments else f"@{name}"


def _description(description: str | None) -> Iterable[str]:
    return print_block_string(description).split("\n") if description else ()


def _quoted(text: str) -> str:
    """Write a GraphQL string: JSON's escapes are among GraphQL's."""
    return json.dumps(text, ensure_ascii=False)
