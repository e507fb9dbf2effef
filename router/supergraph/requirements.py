"""What a field or type asks of the caller: `@authenticated`, `@requiresScopes` and `@policy`, and who the caller is."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from router.errors import SupergraphError

__all__ = ["ANONYMOUS", "Caller", "Requirement", "RequirementKind", "read_requirement"]


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of whoever sends a request. Where it comes from (a token, a session) is not looked at here.

    Attributes:
        authenticated: whether anybody vouches for who it is.
        scopes: what was granted, for `@requiresScopes`.
        policies: the policies that were evaluated and hold, for `@policy`.
    """

    authenticated: bool = False
    scopes: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()


ANONYMOUS = Caller()
"""Nobody in particular: what a request is taken for until something else is known."""


class RequirementKind(enum.Enum):
    """The directive that a requirement was written as."""

    AUTHENTICATED = "authenticated"
    SCOPES = "requiresScopes"
    POLICIES = "policy"


_ARGUMENTS = {RequirementKind.SCOPES: "scopes", RequirementKind.POLICIES: "policies"}
_KINDS = {kind.value: kind for kind in RequirementKind}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One demand on the caller.

    Attributes:
        any_of: of scopes and policies: one of these sets has to be held whole. No set at all demands nothing, as in
            Apollo's router: composers give that to mean "for everybody".
    """

    kind: RequirementKind
    any_of: tuple[frozenset[str], ...] = ()

    def is_met(self, caller: Caller) -> bool:
        """Whether a caller has what is demanded."""
        if self.kind is RequirementKind.AUTHENTICATED:
            return caller.authenticated
        held = caller.scopes if self.kind is RequirementKind.SCOPES else caller.policies
        return not self.any_of or any(names <= held for names in self.any_of)

    def __str__(self) -> str:
        """Write it as SDL does."""
        if self.kind is RequirementKind.AUTHENTICATED:
            return f"@{self.kind.value}"
        sets = ", ".join(f"[{', '.join(sorted(names))}]" for names in self.any_of)
        return f"@{self.kind.value}({_ARGUMENTS[self.kind]}: [{sets}])"


def read_requirement(name: str, arguments: Mapping[str, Any], *, where: str) -> Requirement | None:
    """Read one applied directive; None where it is no demand on the caller.

    Args:
        name: the directive's name in its specification.
        arguments: as plain values.
        where: the coordinate it stands at, for the message.

    Raises:
        SupergraphError: its scopes or policies are no lists of names.
    """
    kind = _KINDS.get(name)
    if kind is None or kind is RequirementKind.AUTHENTICATED:
        return None if kind is None else Requirement(kind)
    given = arguments.get(_ARGUMENTS[kind])
    # A value stands for a list of itself (GraphQL specification, section 3.11).
    outer: list[Any] = given if isinstance(given, list) else [given]
    sets: list[list[Any]] = [item if isinstance(item, list) else [item] for item in outer]
    if not all(isinstance(word, str) for words in sets for word in words):
        raise SupergraphError(f"{where}: @{name} needs {_ARGUMENTS[kind]}: a list of lists of names")
    return Requirement(kind, _distinct(frozenset(words) for words in sets))


def _distinct(sets: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Order the sets, each once, so that equal demands are equal values."""
    return tuple(sorted(dict.fromkeys(sets), key=sorted))
