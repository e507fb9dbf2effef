"""Fields of objects and interfaces: the widest type, the common arguments, and who resolves them how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import print_ast

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.merging.arguments import InputMerger
from router.composition.merging.contexts import context_arguments, plain_arguments
from router.composition.merging.elements import DirectiveMerger, merge_description
from router.composition.merging.interface_objects import InterfaceObjects
from router.composition.merging.overriding import Overrides
from router.composition.merging.references import Subtypes, told
from router.composition.merging.sharing import check_sharing
from router.composition.model import Field, Kind
from router.composition.supergraph import JoinField, MergedField, MergedInput
from router.composition.type_ref import TypeRef

FieldSource = tuple[SubgraphFacts, Field]


@dataclass(frozen=True, slots=True)
class FieldMerger:
    """Merges the fields of objects and interfaces."""

    subtypes: Subtypes
    inputs: InputMerger
    directives: DirectiveMerger
    overrides: Overrides
    objects: InterfaceObjects
    report: Report

    def merge(self, type_name: str, owners: Sequence[SubgraphFacts]) -> dict[str, MergedField]:
        """Merge the fields of one type, in the order in which the subgraphs have them."""
        names: dict[str, list[FieldSource]] = {}
        for one in owners:
            definition = one.type(type_name)
            for field in definition.fields.values() if definition is not None else ():
                names.setdefault(field.name, []).append((one, field))
        merged: dict[str, MergedField] = {}
        for name, sources in names.items():
            resolving = [(one, type_name) for one, _ in sources] + self.objects.lenders(type_name, name)
            check_sharing(resolving, type_name=type_name, field=name, overrides=self.overrides, report=self.report)
            one_field = self._merge(type_name, name, sources, everywhere=len(sources) == len(owners))
            if one_field is not None:
                merged[name] = one_field
        return merged

    def _merge(
        self, type_name: str, name: str, sources: Sequence[FieldSource], *, everywhere: bool
    ) -> MergedField | None:
        at = f"{type_name}.{name}"
        owned = [(one, field) for one, field in sources if not one.is_external(type_name, name)]
        lenders = self.objects.lenders(type_name, name)
        if not owned and all(one.is_external(interface, name) for one, interface in lenders):
            message = f'"{at}" is external in {", ".join(one.name for one, _ in sources)}, and no subgraph owns it.'
            self.report.error("EXTERNAL_MISSING_ON_BASE", message, subgraphs=[one.name for one, _ in sources], at=at)
            return None
        ref = self._type(owned or sources, at)
        contextual = frozenset(
            argument.name for _, field in owned for argument in field.arguments.values() if argument.has("fromContext")
        )
        arguments = self.inputs.merge_arguments(
            [
                (one.subgraph, plain_arguments(one, field, contextual, at=at, report=self.report))
                for one, field in owned
            ],
            at=at,
        )
        same = all(field.type == ref for _, field in owned)
        for one, field in sources:
            if one.is_external(type_name, name):
                self._check_external(one, field, ref, arguments, at, types_equal=same)
        elements = [(one.name, field) for one, field in owned]
        return MergedField(
            name=name,
            description=merge_description(elements, at=at, report=self.report),
            directives=self.directives.merge(elements, at=at),
            type=ref,
            arguments=arguments,
            joins=self._joins(type_name, sources, ref, everywhere=everywhere),
        )

    def _type(self, owned: Sequence[FieldSource], at: str) -> TypeRef:
        references = [(one.name, field.type) for one, field in owned]
        names = [one.name for one, _ in owned]
        ref = self.subtypes.widest([ref for _, ref in references])
        if ref is None:
            message = f'"{at}" has the type {told(references)}, and none of them covers the others.'
            self.report.error("FIELD_TYPE_MISMATCH", message, subgraphs=names, at=at)
            return references[0][1]
        if any(other != ref for _, other in references):
            message = f'"{at}" has the type {told(references)}; the supergraph answers "{ref}".'
            self.report.hint("INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE", message, subgraphs=names, at=at)
        return ref

    def _check_external(
        self,
        one: SubgraphFacts,
        field: Field,
        ref: TypeRef,
        arguments: dict[str, MergedInput],
        at: str,
        *,
        types_equal: bool,
    ) -> None:
        def refuse(code: str, message: str) -> None:
            self.report.error(code, message, subgraphs=[one.name], at=at)

        for name in dict.fromkeys(directive.name for directive in field.directives):
            if self.directives.is_merged(name):
                plain = name.removeprefix("@")
                message = f'"{at}" is external: @{plain} belongs on the field of the subgraph that resolves it.'
                refuse("MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL", message)
        # Where the owners differ, the external field may be declared as any of them has it.
        if field.type != ref and (types_equal or not self.subtypes.covers(field.type, ref)):
            refuse("EXTERNAL_TYPE_MISMATCH", f'External "{at}" has the type "{field.type}" and its owner "{ref}".')
        for name, argument in arguments.items():
            own = field.arguments.get(name)
            if own is None:
                refuse("EXTERNAL_ARGUMENT_MISSING", f'External "{at}" lacks the argument "{name}" of its owner.')
            elif own.type != argument.type and not self.subtypes.covers(argument.type, own.type):
                message = f'External "{at}({name}:)" has the type "{own.type}" and its owner\'s "{argument.type}".'
                refuse("EXTERNAL_ARGUMENT_TYPE_MISMATCH", message)
            elif _shown(own.default) != _shown(argument.default):
                message = f'External "{at}({name}:)" has another default than its owner\'s.'
                refuse("EXTERNAL_ARGUMENT_DEFAULT_MISMATCH", message)

    def _joins(
        self, type_name: str, sources: Sequence[FieldSource], ref: TypeRef, *, everywhere: bool
    ) -> tuple[JoinField, ...]:
        types_differ = any(field.type != ref for _, field in sources)
        joins = [
            join
            for one, field in sources
            if (join := self._join(one, type_name, field, types_differ=types_differ)) is not None
        ]
        if everywhere and len(joins) == len(sources) and all(join.is_bare for join in joins):
            return ()
        return tuple(joins)

    def _join(self, one: SubgraphFacts, type_name: str, field: Field, *, types_differ: bool) -> JoinField | None:
        at = f"{type_name}.{field.name}"
        lost = self.overrides.of(one.name, type_name, field.name)
        if lost is not None and lost.label is None and at not in one.used:
            return None
        definition = one.type(type_name)
        is_interface = definition is not None and definition.kind is Kind.INTERFACE
        override = next(iter(field.applied("override")), None)
        # Without a field to take over there is no step by step either.
        moving = self.overrides.by(one.name, type_name, field.name) or lost
        return JoinField(
            graph=one.subgraph.graph,
            requires=_field_set_text(field, "requires"),
            provides=_field_set_text(field, "provides"),
            type=str(field.type) if types_differ else None,
            external=not is_interface and one.is_external(type_name, field.name),
            override=override.text("from") if override is not None else None,
            override_label=moving.label if moving is not None else None,
            used_overridden=lost is not None and lost.label is None,
            context_arguments=context_arguments(one, field),
        )


def _field_set_text(field: Field, directive: str) -> str | None:
    return next((applied.text("fields") for applied in field.applied(directive)), None)


def _shown(default: object) -> str:
    return "" if default is None else print_ast(default)  # type: ignore[arg-type] # a default is a syntax node
