"""Python generated from a projection, for merged trees in which nothing is amiss.

The functions stop at the first value that is not as it must be; `completion` then does it by the book. Names of the
client or of a subgraph enter the source as string literals that `repr` made, never as source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from router.execution.leaves import QUICK_TESTS
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
        self.lines.append(f"def {name}(o, c):")
        if any(field.conditions != ALWAYS for field in fields):
            self._write_entries(fields)
        else:
            self._write_display(fields)

    def _write_display(self, fields: Sequence[FieldProjection]) -> None:
        """Write the whole object as one display: quicker than entry by entry."""
        read = [(number, field.source) for number, field in enumerate(fields) if field.constant is None]
        if read:
            # A key is mostly there, and then this is quicker than to ask for it; what is no dict raises TypeError.
            self.lines.append("    try:")
            self.lines += [f"        v{number} = o[{source!r}]" for number, source in read]
            self.lines.append("    except KeyError:")
            self.lines += [f"        v{number} = o.get({source!r})" for number, source in read]
        else:
            self.lines.append("    if o.__class__ is not dict: raise Amiss")
        entries = []
        for number, field in enumerate(fields):
            if field.constant is None:
                self._write_check(field, f"v{number}", indent="    ")
            value = f"v{number}" if field.constant is None else repr(field.constant)
            entries.append(f"{field.response_key!r}: {value}")
        self.lines.append(f"    return {{{', '.join(entries)}}}")

    def _write_entries(self, fields: Sequence[FieldProjection]) -> None:
        self.lines += ["    if o.__class__ is not dict: raise Amiss", "    r = {}"]
        for field in fields:
            indent = "    "
            if field.conditions != ALWAYS:
                number = self.conditions.setdefault(field.conditions, len(self.conditions))
                self.lines.append(f"    if c[{number}]:")
                indent = "        "
            if field.constant is not None:
                self.lines.append(f"{indent}v = {field.constant!r}")
            else:
                self.lines.append(f"{indent}v = o.get({field.source!r})")
                self._write_check(field, "v", indent=indent)
            self.lines.append(f"{indent}r[{field.response_key!r}] = v")
        self.lines.append("    return r")

    # ---- fields ----------------------------------------------------------------------------------------------------
    def _write_check(self, field: FieldProjection, name: str, *, indent: str) -> None:
        """Write what makes the field's value of the one from the tree, both in the variable `name`."""
        if field.denied:
            self.lines.append(f"{indent}raise Amiss")
            return
        if field.selection is not None or field.wrapping.item is not None:
            # What must not be null needs no look: as no object or list it stops the function that is called.
            guard = "" if field.wrapping.non_null else f"if {name} is not None: "
            self.lines.append(f"{indent}{guard}{name} = {self._function(field, field.wrapping)}({name}, c)")
            return
        test = self._leaf_test(field, name)
        if test is not None:
            null = "" if field.wrapping.non_null else f" and {name} is not None"
            self.lines.append(f"{indent}if ({test}){null}: raise Amiss")
        elif field.wrapping.non_null:
            self.lines.append(f"{indent}if {name} is None: raise Amiss")

    def _leaf_test(self, field: FieldProjection, name: str) -> str | None:
        """Give an expression that is true where a leaf's value is not surely right; None where anything is."""
        if field.leaf is LeafKind.ENUM:
            return f"{name} not in {self._enum_values(field)}"
        test = QUICK_TESTS.get(field.leaf)
        return None if test is None else test.format(v=name)

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
            null = "" if item.non_null else "None if i is None else "
            self.lines.append(f"    return [{null}{self._function(field, item)}(i, c) for i in v]")
            return
        test = self._leaf_test(field, "i")
        if test is not None:
            null = "" if item.non_null else " and i is not None"
            self.lines += ["    for i in v:", f"        if ({test}){null}: raise Amiss"]
        elif item.non_null:
            self.lines.append("    if None in v: raise Amiss")
        self.lines.append("    return v")

    def _enum_values(self, field: FieldProjection) -> str:
        name = self._name("enum")
        self.constants[name] = field.enum_values or frozenset()
        return name
