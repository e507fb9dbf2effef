"""`@link`: which specifications a schema uses, and by which names it calls their elements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    ConstDirectiveNode,
    DocumentNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    value_from_ast_untyped,
)

from router.composition import federation_spec as spec
from router.composition.errors import Report

_URL = re.compile(r"^(?P<identity>.*?/(?P<name>[^/]+))/v(?P<major>\d+)\.(?P<minor>\d+)/?$")
_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


@dataclass(frozen=True, slots=True)
class Link:
    """One specification in use.

    Attributes:
        identity: its URL without the version.
        name: the last part of the identity.
        prefix: the name before `__` in names that are not imported.
        imports: names in this schema to names in the specification, directives with their `@`.
    """

    url: str
    identity: str
    name: str
    version: tuple[int, int] | None
    prefix: str
    imports: Mapping[str, str] = field(default_factory=dict)

    def element(self, local: str) -> str | None:
        """Give the specification's name for a name of this schema (`@` first for directives), if it has one."""
        if local in self.imports:
            return self.imports[local]
        at, bare = ("@", local[1:]) if local.startswith("@") else ("", local)
        if bare.startswith(f"{self.prefix}__"):
            return at + bare.removeprefix(f"{self.prefix}__")
        if at and bare == self.prefix and "@" + self.name not in self.imports.values():
            return "@" + self.name
        return None


@dataclass(frozen=True, slots=True)
class Links:
    """All the specifications that one schema uses."""

    links: tuple[Link, ...] = ()

    @property
    def federation(self) -> Link | None:
        """The link to Federation 2; without one the schema is one of Federation 1."""
        return next((link for link in self.links if link.identity == spec.FEDERATION), None)

    @property
    def version(self) -> tuple[int, int]:
        """The version of federation."""
        link = self.federation
        return spec.FEDERATION_1 if link is None or link.version is None else link.version

    def owner(self, local: str) -> Link | None:
        """Give the specification that a name of this schema belongs to."""
        return next((link for link in self.links if link.element(local) is not None), None)

    def directive(self, local: str) -> str:
        """Give the canonical name of a directive: `key` for federation's, `@mine` for what federation does not know."""
        if self.federation is None and local in spec.FEDERATION_1_DIRECTIVES:
            return local
        for link in self.links:
            element = link.element(f"@{local}")
            if element is not None and element.removeprefix("@") in known_directives(link):
                return element.removeprefix("@")
        return f"@{local}"

    def is_machinery(self, type_name: str) -> bool:
        """Tell whether a type belongs to federation, not to the graph."""
        if type_name in spec.MACHINERY_TYPES or type_name.startswith(spec.MACHINERY_PREFIXES):
            return True
        link = self.owner(type_name)
        return link is not None and link.identity.startswith(spec.SPECS)

    def federation_names(self) -> Iterator[tuple[str, str]]:
        """Give every name by which this schema may call each of federation's directives: (local, canonical)."""
        if self.federation is None:
            yield from ((name, name) for name in spec.FEDERATION_1_DIRECTIVES)
        for link in self.links:
            for name in known_directives(link):
                yield f"{link.prefix}__{name}", name
                if name == link.name:
                    yield link.prefix, name
            for local, element in link.imports.items():
                if element.removeprefix("@") in known_directives(link) and element.startswith("@"):
                    yield local.removeprefix("@"), element.removeprefix("@")


def known_directives(link: Link) -> tuple[str, ...]:
    """Give the directives of federation that a linked specification holds in its version."""
    if link.identity == spec.FEDERATION:
        minor = link.version[1] if link.version else 0
        return tuple(name for name, directive in spec.DIRECTIVES.items() if directive.since <= minor)
    if link.identity.startswith(spec.SPECS):
        return spec.SMALL_SPECS.get(link.name, ())
    return ()


def read_links(document: DocumentNode, *, subgraph: str, report: Report) -> Links:
    """Read the links of a schema.

    What is wrong in them is reported: INVALID_LINK_IDENTIFIER, INVALID_LINK_DIRECTIVE_USAGE,
    UNKNOWN_FEDERATION_LINK_VERSION.
    """
    applications = [
        directive
        for node in document.definitions
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode)
        for directive in node.directives or ()
        if "url" in {argument.name.value for argument in directive.arguments or ()}
    ]
    reader = _LinkReader(subgraph, report)
    links = [link for node in applications if (link := reader.read(node)) is not None]
    seen: set[str] = set()
    for link in links:
        if link.identity in seen:
            reader.error("INVALID_LINK_DIRECTIVE_USAGE", f"Duplicate inclusion of {link.identity}: link it once.")
        seen.add(link.identity)
    return Links(tuple(links))


class _LinkReader:
    """Reads single applications of `@link`."""

    def __init__(self, subgraph: str, report: Report) -> None:
        self._subgraph = subgraph
        self._report = report

    def error(self, code: str, message: str) -> None:
        """Report what is wrong with a link of this subgraph."""
        self._report.error(code, message, subgraphs=[self._subgraph], at="@link")

    def read(self, node: ConstDirectiveNode) -> Link | None:
        """Give one link, None for what is no link that could be followed."""
        arguments = {argument.name.value: value_from_ast_untyped(argument.value) for argument in node.arguments or ()}
        url, alias = arguments.get("url"), arguments.get("as")
        if not isinstance(url, str):
            self.error("INVALID_LINK_IDENTIFIER", "The url of a link has to be a string.")
            return None
        match = _URL.match(url)
        if match is None:
            self.error("INVALID_LINK_IDENTIFIER", f'"{url}" names no version; a specification\'s url ends in /v1.0.')
            return None
        version = (int(match["major"]), int(match["minor"]))
        prefix = alias if isinstance(alias, str) else match["name"]
        link = Link(url, match["identity"], match["name"], version, prefix)
        if link.identity == spec.SPECS + "link" and link.version != (1, 0):
            self.error("INVALID_LINK_DIRECTIVE_USAGE", f'"{url}" is no version of @link that is known here.')
        if link.identity == spec.FEDERATION and not self._is_known(link):
            self.error("UNKNOWN_FEDERATION_LINK_VERSION", f'"{url}" is no version of federation that is known here.')
            return None
        imports = self._imports(arguments.get("import"), link)
        return Link(link.url, link.identity, link.name, link.version, link.prefix, imports)

    @staticmethod
    def _is_known(link: Link) -> bool:
        return link.version is not None and link.version[0] == 2 and link.version[1] <= spec.NEWEST_MINOR  # noqa: PLR2004 - Federation 2

    def _imports(self, value: object, link: Link) -> dict[str, str]:
        imports: dict[str, str] = {}
        for item in value if isinstance(value, list) else [] if value is None else [value]:
            element, local = self._import(item)
            if element is None or local is None:
                message = f'"{item}" can not be imported from {link.url}: give a name, or {{name: …, as: …}} where both'
                self.error("INVALID_LINK_DIRECTIVE_USAGE", f'{message} start with "@" or neither does.')
            elif not self._exists(element, link):
                self.error("INVALID_LINK_DIRECTIVE_USAGE", f'{link.url} has no "{element}" to import.')
            elif local in imports or element in imports.values():
                message = f'"{element}" as "{local}" is imported from {link.url} beside an import of the same name.'
                self.error("INVALID_LINK_DIRECTIVE_USAGE", message)
            else:
                imports[local] = element
        return imports

    @staticmethod
    def _import(item: object) -> tuple[str | None, str | None]:
        match item:
            case str(name):
                element, local = name, name
            case {"name": str(name), **rest} if set(rest) <= {"as"}:
                element, local = name, str(rest.get("as") or name)
            case _:
                return None, None
        plain = (element.removeprefix("@"), local.removeprefix("@"))
        if element.startswith("@") != local.startswith("@") or not all(map(_NAME.match, plain)):
            return None, None
        return element, local

    @staticmethod
    def _exists(element: str, link: Link) -> bool:
        if link.identity != spec.FEDERATION:
            return True
        if element.startswith("@"):
            return element[1:] in known_directives(link)
        minor = link.version[1] if link.version else 0
        return spec.SCALARS.get(element, spec.NEWEST_MINOR + 1) <= minor
