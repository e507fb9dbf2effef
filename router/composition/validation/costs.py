"""`@cost` and `@listSize`: numbers and names that make sense."""

from __future__ import annotations

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.model import Directive, Field, Kind
from router.composition.type_ref import Named, TypeRef, is_list, nullable


def check_costs(facts: SubgraphFacts, report: Report) -> None:
    """Report costs and list sizes that can not be."""
    for definition in facts.subgraph.types.values():
        for field in definition.fields.values():
            at = f"{definition.name}.{field.name}"
            if definition.kind is Kind.INTERFACE and field.has("cost"):
                message = f'"{at}" is a field of an interface: a cost belongs on the fields of its implementations.'
                report.error("COST_APPLIED_TO_INTERFACE_FIELD", message, subgraphs=[facts.name], at=at)
            for directive in field.applied("listSize"):
                _ListSizeCheck(facts, field, at, report).check(directive)


class _ListSizeCheck:
    """The rules of one application of `@listSize`."""

    def __init__(self, facts: SubgraphFacts, field: Field, at: str, report: Report) -> None:
        self._facts = facts
        self._field = field
        self._at = at
        self._report = report

    def _error(self, code: str, message: str) -> None:
        self._report.error(code, message, subgraphs=[self._facts.name], at=self._at)

    def check(self, directive: Directive) -> None:
        """Report what is wrong with one application."""
        sized = directive.value("sizedFields")
        if not sized and not is_list(self._field.type):
            self._error("LIST_SIZE_APPLIED_TO_NON_LIST", f'"{self._at}" is no list, and names no sized fields.')
        assumed = directive.value("assumedSize")
        if isinstance(assumed, int) and assumed < 0:
            self._error("LIST_SIZE_INVALID_ASSUMED_SIZE", f'The assumed size {assumed} of "{self._at}" is negative.')
        for name in _names(directive.value("slicingArguments")):
            argument = self._field.arguments.get(name)
            if argument is None or not _is_integer(argument.type):
                message = f'"{self._at}" has no argument "{name}" of type Int that could tell its size.'
                self._error("LIST_SIZE_INVALID_SLICING_ARGUMENT", message)
        for name in _names(sized):
            field = self._facts.field(self._field.type_name, name)
            if field is None:
                message = f'"{self._at}" names the sized field "{name}", and its type has none.'
                self._error("LIST_SIZE_INVALID_SIZED_FIELD", message)
            elif not is_list(field.type):
                message = f'"{self._at}" names the sized field "{name}", which is no list.'
                self._error("LIST_SIZE_APPLIED_TO_NON_LIST", message)


def _names(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _is_integer(ref: TypeRef) -> bool:
    return nullable(ref) == Named("Int")
