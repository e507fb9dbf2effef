"""Field sets: the little selections in @key, @requires and @provides."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphql import FragmentSpreadNode, GraphQLError, SelectionSetNode, parse
from graphql.language import OperationDefinitionNode

from router.errors import SupergraphError

__all__ = ["FieldSet", "parse_field_set"]


@dataclass(frozen=True, slots=True)
class FieldSet:
    """A parsed field set. Two are equal when their texts are.

    Attributes:
        text: as written, on one line.
        selection: the same as a selection set; it has fields (with arguments) and inline fragments only.
    """

    text: str
    selection: SelectionSetNode = field(compare=False, repr=False)


def parse_field_set(text: str, *, where: str) -> FieldSet:
    """Read a field set: nested, over several lines, with arguments and inline fragments (Federation 2, `FieldSet`).

    Args:
        text: the field set, without the outer braces.
        where: the coordinate it stands at, for the message.

    Raises:
        SupergraphError: it is empty or no selection.
    """
    try:
        document = parse(f"{{{text}}}", no_location=True)
    except GraphQLError as error:
        raise SupergraphError(f"{where}: the field set {text!r} cannot be read: {error.message}") from None
    except RecursionError:
        raise SupergraphError(f"{where}: the field set is nested too deeply") from None
    definition = document.definitions[0]
    spread = isinstance(definition, OperationDefinitionNode) and _spreads(definition.selection_set)
    if len(document.definitions) != 1 or not isinstance(definition, OperationDefinitionNode) or spread:
        raise SupergraphError(f"{where}: the field set {text!r} is not a selection")
    return FieldSet(" ".join(text.split()), definition.selection_set)


def _spreads(selection: SelectionSetNode) -> bool:
    """Whether a selection is empty or names a fragment, which a field set has no place for."""
    return not selection.selections or any(
        isinstance(node, FragmentSpreadNode)
        or ((inner := getattr(node, "selection_set", None)) is not None and _spreads(inner))
        for node in selection.selections
    )
