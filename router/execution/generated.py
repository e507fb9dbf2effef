"""Python generated from a projection, for merged trees in which nothing is amiss.

The functions stop at the first value that is not as it must be; `completion` then does it by the book. Names of the
client or of a subgraph enter the source as string literals that `repr` made, never as source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from router.planning.plan import ALWAYS, Conditions, FieldProjection, LeafKind, ObjectProjection, Wrapping

__all__ = ["Amiss", "Projection", "compile_projection"]

Projection = Callable[[Any, Sequence[bool]], dict[str, Any]]
"""Takes the root of the merged tree and the values of the projection's conditions."""


class Amiss(Exception):
    """A value in the tree is null, hidden or misshapen where it must not be."""


def compile_projection(projection: ObjectProjection) -> tuple[Projection, tuple[Conditions, ...]]:
    """Compile a projection.

    Returns:
        The function, and the conditions whose values it takes beside the tree. It raises `Amiss`, KeyError or TypeError
        where the tree needs completion by the book, RecursionError where it is too deep.
    """
    writer = _Writer()
    root = writer.object_function(projection)
    writer.write_waiting()
    namespace: dict[str, Any] = {"Amiss": Amiss, **writer.constants}
    # The source is made of names that the writer chose and of escaped literals.
    exec(compile("\n".join(writer.lines), "<projection>", "exec"), namespace)  # noqa: S102 - as said above
    function: Projection = namespace[root]
    return function, tuple(writer.conditions)


class _Writer:
    """Writes functions `f(value, c)`: `c` has the values of the conditions.

    What a function needs is named first and written later, so that the depth of a projection costs no stack.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, frozenset[str]] = {}
        self.conditions: dict[Conditions, int] = {}
        self._objects: dict[int, str] = {}
        self._named = 0
        self._waiting: list[Callable[[], None]] = []

    def write_waiting(self) -> None:
        while self._waiting:
            self._waiting.pop()()

    def _name(self, kind: str) -> str:
        self._named += 1
        return f"{kind}_{self._named}"

    # ---- objects ---------------------------------------------------------------------------------------------------
    def object_function(self, projection: ObjectProjection) -> str:
        """Name the function of an object; the same projection in several places has one."""
        name = self._objects.get(id(projection))
        if name is None:
            name = self._objects[id(projection)] = self._name("object")
            self._waiting.append(lambda: self._write_position(name, projection))
        return name

    def _write_position(self, name: str, projection: ObjectProjection) -> None:
        if projection.possible_types is None and all(field.type_condition is None for field in projection.fields):
            self._write_object(name, projection.fields)
        else:
            self._write_dispatch(name, projection)

    def _write_dispatch(self, name: str, projection: ObjectProjection) -> None:
        """Write a function for each set of fields that a concrete type can show, and one that picks it by the type."""
        possible = projection.possible_types
        concrete_types = possible
        if concrete_types is None:
            concrete_types = frozenset().union(*(field.type_condition or () for field in projection.fields))
        written: dict[tuple[int, ...], str] = {}
        table = [f"{concrete!r}: {self._variant(written, projection, concrete)}" for concrete in sorted(concrete_types)]
        otherwise = "None" if possible is not None else self._variant(written, projection, None)
        self.lines += [
            f"{name}_table = {{{', '.join(table)}}}",
            f"def {name}(o, c):",
            "    if o.__class__ is not dict: raise Amiss",
            f"    f = {name}_table.get(o.get('__typename'), {otherwise})",
            "    if f is None: raise Amiss",
            "    return f(o, c)",
        ]

    def _variant(self, written: dict[tuple[int, ...], str], projection: ObjectProjection, concrete: str | None) -> str:
        shown = [
            number
            for number, field in enumerate(projection.fields)
            if field.type_condition is None or concrete in field.type_condition
        ]
        name = written.get(tuple(shown))
        if name is None:
            name = written[tuple(shown)] = self._name("variant")
            self._write_object(name, [projection.fields[number] for number in shown])
        return name

    def _write_object(self, name: str, fields: Sequence[FieldProjection]) -> None:
        self.lines += [f"def {name}(o, c):", "    if o.__class__ is not dict: raise Amiss"]
        if any(field.conditions != ALWAYS for field in fields):
            self._write_entries(fields)
        else:
            self._write_display(fields)

    def _write_display(self, fields: Sequence[FieldProjection]) -> None:
        """Write the whole object as one display: quicker than entry by entry."""
        entries = []
        for number, field in enumerate(fields):
            expression = self._expression(field)
            if expression is None:
                self._write_statements(field, indent="    ")
                self.lines.append(f"    v{number} = v")
                expression = f"v{number}"
            entries.append(f"{field.response_key!r}: {expression}")
        self.lines.append(f"    return {{{', '.join(entries)}}}")

    def _write_entries(self, fields: Sequence[FieldProjection]) -> None:
        self.lines.append("    r = {}")
        for field in fields:
            indent = "    "
            if field.conditions != ALWAYS:
                number = self.conditions.setdefault(field.conditions, len(self.conditions))
                self.lines.append(f"    if c[{number}]:")
                indent = "        "
            self._write_statements(field, indent=indent)
            self.lines.append(f"{indent}r[{field.response_key!r}] = v")
        self.lines.append("    return r")

    # ---- fields ----------------------------------------------------------------------------------------------------
    def _expression(self, field: FieldProjection) -> str | None:
        """Give a field's value as an expression; None where it takes statements."""
        if field.denied:
            return None
        if field.constant is not None:
            return repr(field.constant)
        if field.wrapping == Wrapping(non_null=False) and field.selection is None and field.leaf is not LeafKind.ENUM:
            return f"o.get({field.source!r})"
        return None

    def _write_statements(self, field: FieldProjection, *, indent: str) -> None:
        """Write what leaves a field's value in `v`."""
        expression = self._expression(field)
        if expression is not None:
            self.lines.append(f"{indent}v = {expression}")
            return
        if field.denied:
            self.lines.append(f"{indent}raise Amiss")
            return
        if field.wrapping.non_null:
            self.lines += [f"{indent}v = o[{field.source!r}]", f"{indent}if v is None: raise Amiss"]
            guard = ""
        else:
            self.lines.append(f"{indent}v = o.get({field.source!r})")
            guard = "if v is not None: "
        if field.leaf is LeafKind.ENUM and field.selection is None and field.wrapping.item is None:
            guard = "" if field.wrapping.non_null else "v is not None and "
            self.lines.append(f"{indent}if {guard}v not in {self._enum_values(field)}: raise Amiss")
        elif field.selection is not None or field.wrapping.item is not None:
            self.lines.append(f"{indent}{guard}v = {self._function(field, field.wrapping)}(v, c)")

    def _function(self, field: FieldProjection, wrapping: Wrapping) -> str:
        """Name the function for a field's value at one of its list levels."""
        item = wrapping.item
        if item is not None:
            name = self._name("list")
            self._waiting.append(lambda: self._write_list(name, field, item))
            return name
        if field.selection is None:
            raise AssertionError(field)
        return self.object_function(field.selection)

    def _write_list(self, name: str, field: FieldProjection, item: Wrapping) -> None:
        self.lines += [f"def {name}(v, c):", "    if v.__class__ is not list: raise Amiss"]
        if item.item is not None or field.selection is not None:
            # An item that must not be null needs no look: as no object or list it stops the function that is called.
            null = "" if item.non_null else "None if i is None else "
            self.lines.append(f"    return [{null}{self._function(field, item)}(i, c) for i in v]")
            return
        if item.non_null:
            self.lines.append("    if None in v: raise Amiss")
        if field.leaf is LeafKind.ENUM:
            null = "" if item.non_null else "i is not None and "
            self.lines += ["    for i in v:", f"        if {null}i not in {self._enum_values(field)}: raise Amiss"]
        self.lines.append("    return v")

    def _enum_values(self, field: FieldProjection) -> str:
        name = self._name("enum")
        self.constants[name] = field.enum_values or frozenset()
        return name
