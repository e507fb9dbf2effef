"""Which specifications a supergraph uses, and under which names (link v1.0, core v0.1 and v0.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from graphql import DirectiveNode, DocumentNode, SchemaDefinitionNode, value_from_ast_untyped
from graphql.language import SchemaExtensionNode

from router.errors import SupergraphError

__all__ = ["Links", "arguments_of", "read_links"]

_UNDERSTOOD = {
    "link": ("1.",),
    "core": ("0.",),
    "join": ("0.1", "0.2", "0.3", "0.4", "0.5"),
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
_SPEC_HOST = "https://specs.apollo.dev/"
_URL = re.compile(r"^(?P<identity>.*?/?(?P<name>[A-Za-z_][\w-]*))/v(?P<version>\d+\.\d+)/?$")


@dataclass(frozen=True, slots=True)
class Links:
    """The names that belong to specifications.

    Attributes:
        join: the prefix of the join specification's elements.
        prefixes: of all specifications' elements: `join__Graph` is machinery.
        directives: local directive names to the names in their specifications.
        opaque: local names of directives from specifications that may be passed over.
    """

    join: str
    prefixes: frozenset[str]
    directives: dict[str, str]
    opaque: frozenset[str]

    def is_machinery(self, name: str) -> bool:
        """Whether a type or directive of this name belongs to a specification and not to the graph."""
        prefix, separator, _ = name.partition("__")
        return bool(separator) and prefix in self.prefixes


def arguments_of(node: DirectiveNode) -> dict[str, Any]:
    """Read a directive's arguments as plain values; enum values become their names."""
    return {argument.name.value: value_from_ast_untyped(argument.value) for argument in node.arguments or ()}


def read_links(document: DocumentNode) -> Links:
    """Collect `@link` and `@core` from the schema definition.

    Raises:
        SupergraphError: a specification that has to be understood is not.
    """
    join = "join"
    prefixes = {"join", "link", "core"}
    directives = {name: name for name in _DIRECTIVES}
    opaque: set[str] = set()
    for arguments in _applied_links(document):
        url = arguments.get("url") or arguments.get("feature") or ""
        match = _URL.match(str(url))
        name = match["name"] if match else str(url).rstrip("/").rpartition("/")[2]
        local = str(arguments.get("as") or name)
        prefixes.add(local)
        if not _is_understood(str(url), match):
            _refuse_unless_optional(str(url), arguments.get("for"))
            opaque |= {local, *_imported(arguments).values()}
            continue
        if name == "join":
            join = local
        _rename(directives, name, local, _imported(arguments))
    return Links(join, frozenset(prefixes), directives, frozenset(opaque))


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
    return any(match["version"].startswith(version) for version in _UNDERSTOOD.get(match["name"], ()))


def _refuse_unless_optional(url: str, purpose: object) -> None:
    if purpose is not None or url.startswith(_SPEC_HOST):
        raise SupergraphError(f"the supergraph needs the specification {url}, which this router does not understand")


def _imported(arguments: dict[str, Any]) -> dict[str, str]:
    """Map imported names to local names, without the @ of directives."""
    names: dict[str, str] = {}
    for item in arguments.get("import") or ():
        name, local = (item.get("name", ""), item.get("as")) if isinstance(item, dict) else (item, None)
        names[str(name).lstrip("@")] = str(local or name).lstrip("@")
    return names


def _rename(directives: dict[str, str], spec: str, local: str, imported: dict[str, str]) -> None:
    elements = ("cost", "listSize") if spec == "cost" else (spec,)
    for element in elements:
        if element not in _DIRECTIVES:
            continue
        directives.pop(element, None)
        directives[local if element == spec else f"{local}__{element}"] = element
        if element in imported:
            directives[imported[element]] = element
