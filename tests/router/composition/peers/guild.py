"""Where `@theguild/federation-composition` differs from Apollo's composition, which decides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from router.composition import SubgraphSource

_NEWEST = re.compile(r"(specs\.apollo\.dev/federation/)v2\.1\d")

_REFUSES: Mapping[str, tuple[str, ...]] = {
    "It does not know `@link(as:)` on the link to federation.": (
        "directives under other names",
        "federation under another prefix",
    ),
    "It ends in an exception of its own.": ("a root type of another name",),
    "It wants a definition beside `@composeDirective` of what is composed anyway.": (
        "a directive of federation composed",
    ),
    "It does not know specifications that are linked on their own.": (
        "the tag specification linked alone",
        "the cost specification linked alone",
    ),
    "It does not merge the arguments of directives for operations.": (
        "a directive for operations repeatable in one subgraph",
    ),
    "An argument that is not null is required for it, though there is a default.": (
        "an optional argument that one subgraph lacks",
    ),
    "An argument that the supergraph leaves out is a use of its enum.": (
        "an enum of answers that only a dropped argument uses as well",
    ),
    "It counts the overridden field as resolved.": ("an overridden field shared with a third subgraph",),
    "It does not see @shareable on interface objects.": ("two interface objects share a field",),
    "It wants the rights to be equal, not sufficient.": ("a requirement with one of the alternatives of its rights",),
    "It does not enter subgraphs anew at a query below a field.": ("a query reached again below a field",),
}
_ACCEPTS: Mapping[str, tuple[str, ...]] = {
    "It does not check what a field set selects below its fields.": (
        "a key with a selection on a leaf",
        "a key without a selection on an object",
        "a key with an alias",
        "a key that selects a union",
        "requires with a missing argument",
    ),
    "It has no such rule for interfaces.": (
        "an external field on an interface",
        "an interface key without all implementations",
        "an interface key that an implementation can not be resolved by",
    ),
    "It has no such rule for interface objects.": (
        "an interface object beside an implementation in one subgraph",
        "an interface object overrides",
    ),
    "It lets an external field provide.": ("provides on an external field",),
    "It has no such rule for overrides.": (
        "override where the source provides",
        "override where the source requires",
    ),
    "It does not look at links and definitions so closely.": (
        "a composed directive named without its sign",
        "a tag under different names",
        "a tag by the default prefix in one subgraph",
        "a link to a specification of one's own without a version",
        "an import with an unknown member",
        "an import under two names",
        "a definition of a key directive with another argument",
        "a definition of a key directive for other places",
        "a definition of a tag with another argument",
        "a field set defined as an object",
        "shareable twice on one field",
        "shareable twice on one definition",
    ),
    "It lets an alternative pass that the input does not have.": (
        "a requirement with more alternatives than its rights have",
    ),
    "It has no such rule for what is hidden.": (
        "an input field of a hidden type",
        "a union of hidden types alone",
        "a hidden argument of a visible interface",
        "a default that uses a hidden input field",
    ),
    "It does not ask for the way back that a requirement needs.": ("a requirement without a way back",),
    "It does not compare the types of shared answers.": ("a shared union without a common member",),
}
DIFFERENT: Mapping[str, str] = {
    name: reason for group in (_REFUSES, _ACCEPTS) for reason, names in group.items() for name in names
}
"""Cases of the corpus that it refuses where Apollo's accepts, or accepts where Apollo's refuses; and why."""


def as_the_guild_knows(subgraphs: Sequence[SubgraphSource]) -> tuple[SubgraphSource, ...]:
    """Give the subgraphs with the newest version of federation that it knows, instead of newer ones."""
    return tuple(replace(one, sdl=_NEWEST.sub(r"\1v2.9", one.sdl)) for one in subgraphs)
