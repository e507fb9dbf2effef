"""The Federation specification's own definitions: which directive exists since when, and how it is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SPECS = "https://specs.apollo.dev/"
FEDERATION = SPECS + "federation"
NEWEST_MINOR = 14
FEDERATION_1 = (1, 0)
INTERFACE_KEYS_SINCE = (2, 3)


@dataclass(frozen=True, slots=True)
class SpecDirective:
    """A directive of the specification.

    Attributes:
        since: the minor version of Federation 2 that brought it.
        definition: everything behind its name; scalars are named with the `federation__` prefix.
    """

    since: int
    definition: str


_AUTHORIZATION = "on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"
_HIDEABLE = (
    "FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE"
    " | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
)

DIRECTIVES: Mapping[str, SpecDirective] = {
    "key": SpecDirective(
        0, "(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE"
    ),
    "requires": SpecDirective(0, "(fields: federation__FieldSet!) on FIELD_DEFINITION"),
    "provides": SpecDirective(0, "(fields: federation__FieldSet!) on FIELD_DEFINITION"),
    "external": SpecDirective(0, "(reason: String) on OBJECT | FIELD_DEFINITION"),
    "extends": SpecDirective(0, "on OBJECT | INTERFACE"),
    "shareable": SpecDirective(0, "repeatable on OBJECT | FIELD_DEFINITION"),
    "override": SpecDirective(0, "(from: String!, label: String) on FIELD_DEFINITION"),
    "tag": SpecDirective(0, f"(name: String!) repeatable on {_HIDEABLE} | SCHEMA"),
    "inaccessible": SpecDirective(0, f"on {_HIDEABLE}"),
    "composeDirective": SpecDirective(1, "(name: String!) repeatable on SCHEMA"),
    "interfaceObject": SpecDirective(3, "on OBJECT"),
    "authenticated": SpecDirective(5, _AUTHORIZATION),
    "requiresScopes": SpecDirective(5, f"(scopes: [[federation__Scope!]!]!) {_AUTHORIZATION}"),
    "policy": SpecDirective(6, f"(policies: [[federation__Policy!]!]!) {_AUTHORIZATION}"),
    "context": SpecDirective(8, "(name: String!) repeatable on INTERFACE | OBJECT | UNION"),
    "fromContext": SpecDirective(8, "(field: federation__ContextFieldValue) on ARGUMENT_DEFINITION"),
    "cost": SpecDirective(
        9, "(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR"
    ),
    "listSize": SpecDirective(
        9,
        "(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],"
        " requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION",
    ),
    "cacheTag": SpecDirective(12, "(format: String!) repeatable on OBJECT | FIELD_DEFINITION"),
}
_EARLIER: Mapping[str, tuple[int, str]] = {
    "shareable": (2, "on OBJECT | FIELD_DEFINITION"),
    "override": (7, "(from: String!) on FIELD_DEFINITION"),
    "tag": (3, f"(name: String!) repeatable on {_HIDEABLE}"),
}
"""Directives that were less once: the minor version that made them what they are, and what they were before."""


def definition(name: str, minor: int) -> str:
    """Give everything behind the name in a directive's definition, as a minor version of Federation 2 has it."""
    changed, before = _EARLIER.get(name, (0, ""))
    return before if minor < changed else DIRECTIVES[name].definition


SCALARS: Mapping[str, int] = {"FieldSet": 0, "Scope": 5, "Policy": 6, "ContextFieldValue": 8}
"""The specification's scalars and the minor version that brought each."""

COMPOSED = (
    "tag",
    "inaccessible",
    "authenticated",
    "requiresScopes",
    "policy",
    "cost",
    "listSize",
    "context",
)
"""The directives that the supergraph keeps."""

SPECS_SINCE: Mapping[str, int] = {"authenticated": 5, "requiresScopes": 5, "policy": 6, "context": 8, "cost": 9}
"""The minor version of Federation 2 to which a specification that can be linked on its own belongs."""

SMALL_SPECS: Mapping[str, tuple[str, ...]] = {
    "tag": ("tag",),
    "inaccessible": ("inaccessible",),
    "authenticated": ("authenticated",),
    "requiresScopes": ("requiresScopes",),
    "policy": ("policy",),
    "cost": ("cost", "listSize"),
    "context": ("context", "fromContext"),
}
"""Specifications that may be linked on their own, with the directives of Federation that each holds."""

FEDERATION_1_DIRECTIVES = ("key", "requires", "provides", "external", "extends", "tag")
"""What a schema without a link may use, by these names."""

MACHINERY_TYPES = frozenset({"_Any", "_Entity", "_Service", "_FieldSet"})
MACHINERY_PREFIXES = ("link__", "core__")
MACHINERY_FIELDS = frozenset({"_entities", "_service"})
"""What every subgraph adds to its schema for routers; no part of the graph."""

AUTHORIZATION = ("authenticated", "requiresScopes", "policy")
