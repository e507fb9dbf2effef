"""Which specifications a supergraph uses, and under which names (link v1.0, core v0.1 and v0.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import DirectiveNode, DocumentNode, SchemaDefinitionNode, value_from_ast_untyped
from graphql.language import SchemaExtensionNode

from router.errors import SupergraphError

__all__ = ["Links", "arguments_of", "read_links"]

_JOIN_VERSIONS = frozenset({"0.1", "0.2", "0.3", "0.4", "0.5"})
_UNDERSTOOD = {
    "link": ("1.",),
    "core": ("0.",),
    "inaccessible": ("0.",),
    "tag": ("0.",),
    "authenticated": ("0.",),
    "requiresScopes": ("0.",),
    "policy": ("0.",),
    "cost": ("0.",),
    "context": ("0.",),
    "federation": ("1.", "2."),
}
_DIRECTIVES = ("inaccessible", "tag", "authenticated", "requiresScopes", "policy", "cost", "listSize", "context")
_JOIN_DIRECTIVES = ("graph", "type", "field", "implements", "unionMember", "enumValue", "owner", "directive", "value")
# Names with one of these before two underscores are no part of a graph, whether their specification is linked or not.
_PREFIXES = ("join", "link", "core", "federation", "requiresScopes", "policy", "context")
_SPEC_HOST = "https://specs.apollo.dev/"
_URL = re.compile(r"^(?P<identity>.*?/?(?P<name>[A-Za-z_][\w-]*))/v(?P<version>\d+\.\d+)/?$")


@dataclass(frozen=True, slots=True)
class Links:
    """The names that belong to specifications.

    Attributes:
        join: the prefix of the join specification's elements.
        prefixes: of all specifications' elements: `join__Graph` is machinery.
        joins: local names of directives to the names in the join specification: `join__type` is `type`.
        graph_enum: the enum that names the subgraphs.
        directives: local directive names to the names in their specifications.
        types: local names of types that were imported from a specification.
        opaque: local names of directives from specifications that may be passed over.
    """

    join: str
    prefixes: frozenset[str]
    joins: dict[str, str]
    graph_enum: str
    directives: dict[str, str]
    types: frozenset[str]
    opaque: frozenset[str]

    def is_machinery(self, name: str) -> bool:
        """Whether a type or directive of this name belongs to a specification and not to the graph."""
        prefix, separator, _ = name.partition("__")
        return (bool(separator) and prefix in self.prefixes) or name in self.types or name in self.joins


def arguments_of(node: DirectiveNode) -> dict[str, Any]:
    """Read a directive's arguments as plain values; enum values become their names."""
    return {argument.name.value: value_from_ast_untyped(argument.value) for argument in node.arguments or ()}


def read_links(document: DocumentNode) -> Links:
    """Collect `@link` and `@core` from the schema definition.

    Raises:
        SupergraphError: a specification that has to be understood is not.
    """
    join, join_imports = "join", dict[str, str]()
    prefixes = set(_PREFIXES)
    directives = {name: name for name in _DIRECTIVES}
    types: set[str] = set()
    opaque: set[str] = set()
    for arguments in _applied_links(document):
        url = str(arguments.get("url") or arguments.get("feature") or "")
        match = _URL.match(url)
        name = match["name"] if match else url.rstrip("/").rpartition("/")[2]
        local = str(arguments.get("as") or name)
        imported = _imported(arguments)
        prefixes.add(local)
        types |= {alias for element, alias in imported.items() if not element.startswith("@")}
        elements = {element[1:]: alias for element, alias in imported.items() if element.startswith("@")}
        if not _is_understood(url, match):
            _refuse_unless_optional(url, arguments.get("for"), imported)
            opaque |= {local, *elements.values()}
        elif name == "join":
            join, join_imports = local, elements | {name: alias for name, alias in imported.items() if name == "Graph"}
        else:
            _rename(directives, name, local, elements)
    joins = {join_imports.get(element, f"{join}__{element}"): element for element in _JOIN_DIRECTIVES}
    return Links(
        join=join,
        prefixes=frozenset(prefixes),
        joins=joins,
        graph_enum=join_imports.get("Graph", f"{join}__Graph"),
        # What comes from elsewhere under the name of a specification's directive is not that directive.
        directives={alias: element for alias, element in directives.items() if alias not in opaque},
        types=frozenset(types),
        opaque=frozenset(opaque),
    )


def _applied_links(document: DocumentNode) -> list[dict[str, Any]]:
    return [
        arguments_of(directive)
        for definition in document.definitions
        if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode)
        for directive in definition.directives or ()
        if directive.name.value in {"link", "core"}
    ]


def _is_understood(url: str, match: re.Match[str] | None) -> bool:
    if match is None or not url.startswith(_SPEC_HOST):
        return False
    if match["name"] == "join":
        return match["version"] in _JOIN_VERSIONS
    return any(match["version"].startswith(version) for version in _UNDERSTOOD.get(match["name"], ()))


def _refuse_unless_optional(url: str, purpose: object, imported: Mapping[str, str]) -> None:
    """Refuse what says that it is needed for security or execution, and Apollo's own, which all are."""
    if purpose is not None or url.startswith(_SPEC_HOST):
        names = f" ({', '.join(imported.values())})" if imported else ""
        raise SupergraphError(
            f"the supergraph needs the specification {url}{names}, which this router does not understand"
        )


def _imported(arguments: dict[str, Any]) -> dict[str, str]:
    """Map imported names to local names; names of directives have their @ in front in the keys only.

    Raises:
        SupergraphError: an import is neither a name nor one with an alias.
    """
    names: dict[str, str] = {}
    for item in arguments.get("import") or ():
        name, alias = (item.get("name"), item.get("as")) if isinstance(item, dict) else (item, None)
        if not isinstance(name, str) or not isinstance(alias, str | None):
            raise SupergraphError(f"@link has an import that is no name: {item!r}")
        names[name] = (alias or name).removeprefix("@") if name.startswith("@") else alias or name
    return names


def _rename(directives: dict[str, str], spec: str, local: str, imported: Mapping[str, str]) -> None:
    elements = ("cost", "listSize") if spec == "cost" else (spec,)
    for element in elements:
        if element not in _DIRECTIVES:
            continue
        directives.pop(element, None)
        directives[local if element == spec else f"{local}__{element}"] = element
        if element in imported:
            directives[imported[element]] = element
