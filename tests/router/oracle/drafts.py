"""Types of one subgraph as they are being written, and their text."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["FieldDraft", "TypeDraft", "print_type"]


@dataclass
class FieldDraft:
    name: str
    type: str
    arguments: str = ""
    external: bool = False
    extra: list[str] = field(default_factory=list)


@dataclass
class TypeDraft:
    name: str
    kind: str
    keys: list[str] = field(default_factory=list)
    fields: dict[str, FieldDraft] = field(default_factory=dict)
    interfaces: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    interface_object: bool = False
    extension: bool = False


def print_type(own: TypeDraft) -> str:
    if own.kind == "union":
        return f"union {own.name} {' '.join(own.extra)} = {' | '.join(own.members)}"
    implements = f" implements {' & '.join(own.interfaces)}" if own.interfaces else ""
    marks = [*own.keys, *(["@interfaceObject"] if own.interface_object else []), *own.extra]
    fields = []
    for item in own.fields.values():
        arguments = f"({item.arguments})" if item.arguments else ""
        external = ["@external"] if item.external else []
        fields.append(" ".join([f"{item.name}{arguments}: {item.type}", *external, *item.extra]))
    keyword = "extend type" if own.extension and own.kind == "type" else own.kind
    return f"{keyword} {own.name}{implements} {' '.join(marks)} {{ {'  '.join(fields)} }}"
