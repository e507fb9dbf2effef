"""The rules that key, provides and requires have in common: a field set that can be read, in their own codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import StringValueNode

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.field_sets import FieldSet, Flaw, Selected
from router.composition.model import Directive, Kind


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one directive."""

    wrong_type: str
    flaws: Mapping[Flaw, str]


def codes(prefix: str) -> Codes:
    """Give the codes of the directive whose codes begin so."""
    flaws = {Flaw.INVALID: f"{prefix}_INVALID_FIELDS", Flaw.DIRECTIVE: f"{prefix}_DIRECTIVE_IN_FIELDS_ARG"}
    if prefix == "KEY":
        flaws[Flaw.ABSTRACT] = "KEY_FIELDS_SELECT_INVALID_TYPE"
    return Codes(wrong_type=f"{prefix}_INVALID_FIELDS_TYPE", flaws=flaws)


def checked_field_set(
    facts: SubgraphFacts, directive: Directive, *, on: str, at: str, codes: Codes, report: Report
) -> FieldSet | None:
    """Read the directive's field set on a type; None when the report says what is wrong with it."""
    node = directive.arguments.get("fields")
    shown = f"@{directive.name}({directive.canonical})"
    if not isinstance(node, StringValueNode):
        report.error(codes.wrong_type, f"{shown} needs a string as its fields.", subgraphs=[facts.name], at=at)
        return None
    field_set, found = facts.reader.read(node.value, on)
    problems = [problem for problem in found if problem.flaw in codes.flaws]
    # What follows an interface in a key is not looked at, nor are directives in what can not be read.
    fatal = [problem for problem in problems if problem.flaw is not Flaw.DIRECTIVE]
    for problem in [one for one in fatal if one.flaw is fatal[0].flaw] or problems:
        message = f'The field set of {shown} on "{at}" is wrong: {problem.message}.'
        report.error(codes.flaws[problem.flaw], message, subgraphs=[facts.name], at=at)
    return None if fatal else field_set


def never_external(facts: SubgraphFacts, field_set: FieldSet) -> list[Selected]:
    """Give the leaves that are neither external nor below an external field: the subgraph resolves them itself."""
    found: list[Selected] = []
    for selected in field_set:
        if facts.is_external(selected.on, selected.name):
            continue
        if selected.children and _is_external_in_implementation(facts, selected):
            continue
        if selected.children:
            found += never_external(facts, selected.children)
        else:
            found.append(selected)
    return found


def _is_external_in_implementation(facts: SubgraphFacts, selected: Selected) -> bool:
    definition = facts.type(selected.on)
    if definition is None or definition.kind is not Kind.INTERFACE:
        return False
    return any(facts.is_external(name, selected.name) for name in facts.subgraph.possible_types(selected.on))


def with_arguments(facts: SubgraphFacts, field_set: FieldSet) -> list[Selected]:
    """Give the selected fields that declare arguments."""
    return [
        selected
        for top in field_set
        for selected in top.walk()
        if (field := facts.field(selected.on, selected.name)) is not None and field.arguments
    ]
