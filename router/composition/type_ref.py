"""References to types as fields and arguments write them: named, list and non-null."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode


@dataclass(frozen=True, slots=True)
class Named:
    """A type by its name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of another type."""

    of: TypeRef

    def __str__(self) -> str:
        return f"[{self.of}]"


@dataclass(frozen=True, slots=True)
class NonNull:
    """Another type without null."""

    of: Named | ListOf

    def __str__(self) -> str:
        return f"{self.of}!"


TypeRef: TypeAlias = Named | ListOf | NonNull
NamedSubtype: TypeAlias = Callable[[str, str], bool]
"""Tells whether every value of the first named type is one of the second."""


def type_ref(node: TypeNode) -> TypeRef:
    """Read a reference from its syntax."""
    match node:
        case NonNullTypeNode(type=inner):
            of = type_ref(inner)
            assert not isinstance(of, NonNull), "the parser refuses Type!!"  # noqa: S101 - narrows for the type checker
            return NonNull(of)
        case ListTypeNode(type=inner):
            return ListOf(type_ref(inner))
        case NamedTypeNode(name=name):
            return Named(name.value)
    raise TypeError(f"not a type reference: {node!r}")


def named_type(ref: TypeRef) -> str:
    """Give the name at the core of a reference."""
    while not isinstance(ref, Named):
        ref = ref.of
    return ref.name


def nullable(ref: TypeRef) -> Named | ListOf:
    """Give the reference without its outermost `!`."""
    return ref.of if isinstance(ref, NonNull) else ref


def is_list(ref: TypeRef) -> bool:
    """Tell whether the values are lists."""
    return isinstance(nullable(ref), ListOf)


def renamed(ref: TypeRef, name: str) -> TypeRef:
    """Give the same wrapping around another named type."""
    match ref:
        case Named():
            return Named(name)
        case ListOf(of=of):
            return ListOf(renamed(of, name))
        case NonNull(of=of):
            inner = renamed(of, name)
            return inner if isinstance(inner, NonNull) else NonNull(inner)


def is_subtype(ref: TypeRef, of: TypeRef, *, named: NamedSubtype) -> bool:
    """Tell whether every value of `ref` is a value of `of` (covariant in lists and in nullability)."""
    if isinstance(of, NonNull):
        return isinstance(ref, NonNull) and is_subtype(ref.of, of.of, named=named)
    ref = nullable(ref)
    if isinstance(of, ListOf):
        return isinstance(ref, ListOf) and is_subtype(ref.of, of.of, named=named)
    return isinstance(ref, Named) and (ref.name == of.name or named(ref.name, of.name))
