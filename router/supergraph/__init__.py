"""The supergraph: SDL to a frozen model, the API schema, and what each subgraph has."""

from router.supergraph.field_sets import FieldSet, parse_field_set
from router.supergraph.loader import load_supergraph
from router.supergraph.model import (
    AppliedDirective,
    Argument,
    ContextArgument,
    Field,
    JoinField,
    Key,
    Subgraph,
    SubgraphType,
    Supergraph,
    SupergraphType,
    TypeKind,
    TypeRef,
)
from router.supergraph.requirements import ANONYMOUS, Caller, Requirement

__all__ = [
    "ANONYMOUS",
    "AppliedDirective",
    "Argument",
    "Caller",
    "ContextArgument",
    "Field",
    "FieldSet",
    "JoinField",
    "Key",
    "Requirement",
    "Subgraph",
    "SubgraphType",
    "Supergraph",
    "SupergraphType",
    "TypeKind",
    "TypeRef",
    "load_supergraph",
    "parse_field_set",
]
