"""The fragments that an operation defers, each with a mark that its fields carry among their conditions.

A mark is a condition on a variable that no client can name. So what is said of conditions holds for marks: a field that
is asked for outside of a deferred fragment too has lost its mark once its occurrences are merged, and of two fragments
within each other the outer one's mark absorbs the inner one's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import BooleanValueNode, DocumentNode, StringValueNode, VariableNode, Visitor, visit
from graphql.language import DirectiveNode, ValueNode

from router.planning.conditions import either
from router.planning.plan import ALWAYS, Condition, Conditions

__all__ = ["DEFER", "DeferredFragments", "MarkedFragment", "deferring_variables", "without_marks"]

DEFER = "defer"

_PREFIX = "@defer "
_MOST = 100  # fragments deferred in one operation; those beyond come with what they stand in


@dataclass(frozen=True, slots=True)
class MarkedFragment:
    """A deferred fragment where it is reached; one that is spread in two places is two of these.

    Attributes:
        label: the client's.
        variable: what `if` says, where it is a variable.
        outer: the deferred fragment around it within the same selection, by number.
        at: the selection that it is part of.
    """

    label: str | None
    variable: str | None
    outer: int | None
    at: object


class DeferredFragments:
    """Marks the deferred fragments of one operation while it is normalised.

    Attributes:
        found: by number.
    """

    def __init__(self, variables: Mapping[str, bool]) -> None:
        """Begin; `variables` are those of the client that `if` may name: one that is missing counts as false."""
        self.found: list[MarkedFragment] = []
        self._variables = variables
        self._known: dict[tuple[int, Conditions, int], Conditions] = {}

    def mark(self, directives: Sequence[DirectiveNode], conditions: Conditions, at: object) -> Conditions:
        """Give the mark of a fragment with these directives, `ALWAYS` where it is not deferred.

        Args:
            directives: the fragment's.
            conditions: under which the fragment applies, marks of the fragments around it included.
            at: the selection that it is part of.
        """
        directive = next((item for item in directives if item.name.value == DEFER), None)
        if directive is None:
            return ALWAYS
        given = {item.name.value: item.value for item in directive.arguments or ()}
        if not self._is_active(given.get("if")):
            return ALWAYS
        key = (id(directive), conditions, id(at))
        mark = self._known.get(key)
        if mark is None:
            if len(self.found) == _MOST:
                return ALWAYS
            mark = self._known[key] = ((Condition(f"{_PREFIX}{len(self.found)}", expected=True),),)
            label, active = given.get("label"), given.get("if")
            self.found.append(
                MarkedFragment(
                    label.value if isinstance(label, StringValueNode) else None,
                    active.name.value if isinstance(active, VariableNode) else None,
                    _innermost(conditions),
                    at,
                )
            )
        return mark

    def _is_active(self, value: ValueNode | None) -> bool:
        if isinstance(value, VariableNode):
            return self._variables.get(value.name.value, False) is True
        return not isinstance(value, BooleanValueNode) or value.value


class _Finder(Visitor):
    """Looks for @defer."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[DirectiveNode] = []

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        """Keep a directive that defers."""
        if node.name.value == DEFER:
            self.found.append(node)


def deferring_variables(document: DocumentNode) -> tuple[str, ...] | None:
    """Name the variables that decide about deferred fragments; None where a document defers nothing."""
    if document.loc is not None and DEFER not in document.loc.source.body:
        return None
    finder = _Finder()
    visit(document, finder)
    if not finder.found:
        return None
    values = (
        argument.value for item in finder.found for argument in item.arguments or () if argument.name.value == "if"
    )
    return tuple(sorted({value.name.value for value in values if isinstance(value, VariableNode)}))


def without_marks(conditions: Conditions) -> tuple[Conditions, frozenset[int] | None]:
    """Take the marks off a field's conditions.

    Returns:
        The client's own conditions, and the numbers of the innermost deferred fragments that bring the field; None
        where it comes with the object that it belongs to.
    """
    if conditions == ALWAYS:
        return ALWAYS, None
    plain: Conditions = ()
    numbers: set[int] = set()
    unmarked = False
    for conjunction in conditions:
        marks = [int(item.variable.removeprefix(_PREFIX)) for item in conjunction if _is_mark(item)]
        plain = either(plain, (tuple(item for item in conjunction if not _is_mark(item)),))
        if marks:
            numbers.add(max(marks))
        unmarked = unmarked or not marks
    return plain, None if unmarked else frozenset(numbers)


def _innermost(conditions: Conditions) -> int | None:
    """Name the fragment around another: marks are numbered from outside to inside."""
    marks = [int(item.variable.removeprefix(_PREFIX)) for every in conditions for item in every if _is_mark(item)]
    return max(marks, default=None)


def _is_mark(condition: Condition) -> bool:
    return condition.variable.startswith(_PREFIX)
