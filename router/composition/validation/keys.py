"""`@key`: valid field sets, and on an interface the same key on its implementations."""

from __future__ import annotations

from typing import TypeAlias

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.federation_spec import INTERFACE_KEYS_SINCE
from router.composition.field_sets import FieldSet, Flaw
from router.composition.model import Kind, TypeDefinition
from router.composition.validation.field_set_rules import checked_field_set, codes, with_arguments

_CODES = codes("KEY")


def check_keys(facts: SubgraphFacts, report: Report) -> None:
    """Report invalid keys."""
    for definition in facts.subgraph.types.values():
        for directive in definition.applied("key"):
            field_set = checked_field_set(
                facts, directive, on=definition.name, at=definition.name, codes=_CODES, report=report
            )
            if field_set is not None:
                _check_fields(facts, definition, field_set, report)
        if definition.kind is Kind.INTERFACE and definition.has("key"):
            _check_interface(facts, definition, report)


def _check_fields(facts: SubgraphFacts, definition: TypeDefinition, field_set: FieldSet, report: Report) -> None:
    for selected in with_arguments(facts, field_set):
        message = f'The key of "{definition.name}" includes "{selected.coordinate}", which has arguments.'
        report.error("KEY_FIELDS_HAS_ARGS", message, subgraphs=[facts.name], at=(definition.name, selected.coordinate))


def _check_interface(facts: SubgraphFacts, definition: TypeDefinition, report: Report) -> None:
    if facts.subgraph.version < INTERFACE_KEYS_SINCE:
        message = f'"{definition.name}" is an interface, and those have keys since federation 2.3 only.'
        report.error("KEY_UNSUPPORTED_ON_INTERFACE", message, subgraphs=[facts.name], at=definition.name)
    for key in facts.keys[definition.name]:
        if any(problem.flaw is Flaw.INVALID for problem in facts.reader.read(key.text, definition.name)[1]):
            continue
        wanted = _shape(key.fields)
        for name in sorted(facts.subgraph.possible_types(definition.name)):
            own = [other for other in facts.keys.get(name, ()) if _shape(other.fields) == wanted]
            if not own:
                problem = f'"{name}" implements "{definition.name}" without its key "{key.text}".'
            elif key.resolvable and not any(other.resolvable for other in own):
                problem = f'"{name}" can not be resolved by "{key.text}", the key of its interface "{definition.name}".'
            else:
                continue
            at = (definition.name, name)
            report.error("INTERFACE_KEY_NOT_ON_IMPLEMENTATION", problem, subgraphs=[facts.name], at=at)


_Shape: TypeAlias = "frozenset[tuple[str, _Shape]]"


def _shape(field_set: FieldSet) -> _Shape:
    """Give a field set without its types and its order, which differ between an interface and its implementations."""
    return frozenset((selected.name, _shape(selected.children)) for selected in field_set)
