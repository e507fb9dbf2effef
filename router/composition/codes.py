"""The codes of composition errors, which are those of the Federation specification, each with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

_FIELD_SET = "Correct the field set: names of fields of the type in this subgraph, with selections on objects only."
_FIELD_SET_TYPE = 'Give the fields as one string, as in fields: "id owner { id }".'
_FIELD_SET_DIRECTIVE = "Take the directive out of the field set."
_SAME_TYPE = "Give it types that fit each other in all subgraphs."
_SAME_DEFAULT = "Give it the same default in all subgraphs."
_ROOT_NAME = "Rename the other type, or call the root type by this name."
_EXTERNAL = "Declare the external field as its owner does."
_LIST_SIZE = "Correct the @listSize."
_UNSUPPORTED = "Move the directive to the implementations of the interface."

ADVICE: Mapping[str, str] = {
    "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE": "Move the directive to the implementations and their fields.",
    "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS": "Make the argument optional, or take it from a context too.",
    "CONTEXT_INVALID_SELECTION": "Select a field that every type that sets the context has.",
    "CONTEXT_NAME_INVALID": "Call the context by letters and digits, a letter first.",
    "CONTEXT_NO_RESOLVABLE_KEY": "Give the type a key by which this subgraph resolves it.",
    "CONTEXT_NOT_SET": "Set the context with @context on a type above the field.",
    "COST_APPLIED_TO_INTERFACE_FIELD": _UNSUPPORTED,
    "DEFAULT_VALUE_USES_INACCESSIBLE": "Use a visible value in the default, or hide the element that has it.",
    "DIRECTIVE_COMPOSITION_ERROR": "Define the directive, and import it with @link from a specification of its own.",
    "EMPTY_MERGED_ENUM_TYPE": "Give all subgraphs that take the enum as an input at least one value in common.",
    "EMPTY_MERGED_INPUT_TYPE": "Give all subgraphs that have the input type at least one field in common.",
    "ENUM_VALUE_MISMATCH": "Declare the same values everywhere, or hide the value with @inaccessible.",
    "EXTENSION_WITH_NO_BASE": "Define the type in one of the subgraphs, without `extend`.",
    "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH": _EXTERNAL,
    "EXTERNAL_ARGUMENT_MISSING": _EXTERNAL,
    "EXTERNAL_ARGUMENT_TYPE_MISMATCH": _EXTERNAL,
    "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE": "Remove @external, or the directive beside it.",
    "EXTERNAL_MISSING_ON_BASE": "Add the field to the subgraph that owns it, or remove @external where it is resolved.",
    "EXTERNAL_ON_INTERFACE": "Remove @external from the interface's field.",
    "EXTERNAL_TYPE_MISMATCH": _EXTERNAL,
    "EXTERNAL_UNUSED": "Remove the field, or its @external if this subgraph resolves it.",
    "FIELD_ARGUMENT_DEFAULT_MISMATCH": _SAME_DEFAULT,
    "FIELD_ARGUMENT_TYPE_MISMATCH": _SAME_TYPE,
    "FIELD_TYPE_MISMATCH": _SAME_TYPE,
    "IMPLEMENTED_BY_INACCESSIBLE": "Hide it in the interface too, or show it in the implementation.",
    "INPUT_FIELD_DEFAULT_MISMATCH": _SAME_DEFAULT,
    "INTERFACE_FIELD_NO_IMPLEM": "Add the field to the implementation, or take it out of the interface.",
    "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE": "Declare all implementations where the interface has a key.",
    "INTERFACE_KEY_NOT_ON_IMPLEMENTATION": "Give each implementation the interface's key.",
    "INTERFACE_OBJECT_USAGE_ERROR": "Give the interface object a key and no implementations beside it, and let another"
    " subgraph declare the interface.",
    "INVALID_FIELD_SHARING": "Mark the field as @shareable in all of these subgraphs, or keep it in one of them.",
    "INVALID_GRAPHQL": "Correct the schema.",
    "INVALID_LINK_DIRECTIVE_USAGE": "Correct the imports of the @link.",
    "INVALID_LINK_IDENTIFIER": "Give the url of a specification with its version.",
    "INVALID_SHAREABLE_USAGE": "Move @shareable to the fields of the implementations.",
    "INVALID_SUBGRAPH_NAME": "Give each subgraph a name of its own.",
    "KEY_DIRECTIVE_IN_FIELDS_ARG": _FIELD_SET_DIRECTIVE,
    "KEY_FIELDS_HAS_ARGS": "Use fields without arguments in the key.",
    "KEY_FIELDS_SELECT_INVALID_TYPE": "Use fields of scalars, enums and objects in the key.",
    "KEY_INVALID_FIELDS": _FIELD_SET,
    "KEY_INVALID_FIELDS_TYPE": _FIELD_SET_TYPE,
    "KEY_UNSUPPORTED_ON_INTERFACE": "Link federation v2.3 or newer.",
    "LIST_SIZE_APPLIED_TO_NON_LIST": _LIST_SIZE,
    "LIST_SIZE_INVALID_ASSUMED_SIZE": _LIST_SIZE,
    "LIST_SIZE_INVALID_SIZED_FIELD": _LIST_SIZE,
    "LIST_SIZE_INVALID_SLICING_ARGUMENT": _LIST_SIZE,
    "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL": "Move the directive to the subgraph that resolves the field.",
    "MISSING_TRANSITIVE_AUTH_REQUIREMENTS": "Ask for the same rights on the field that requires it.",
    "NO_CONTEXT_IN_SELECTION": 'Name the context and what to take from it, as in "$context { field }".',
    "NO_QUERIES": "Give at least one subgraph a type Query with a field.",
    "ONLY_INACCESSIBLE_CHILDREN": "Show a part of it, or hide it as a whole.",
    "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE": "Remove one of the two directives.",
    "OVERRIDE_FROM_SELF_ERROR": "Name the subgraph that had the field before.",
    "OVERRIDE_LABEL_INVALID": "Begin with a letter, go on with letters, digits and _ - : . /, or say percent(12.5).",
    "OVERRIDE_ON_INTERFACE": _UNSUPPORTED,
    "OVERRIDE_SOURCE_HAS_OVERRIDE": "Keep one of the overrides.",
    "PROVIDES_DIRECTIVE_IN_FIELDS_ARG": _FIELD_SET_DIRECTIVE,
    "PROVIDES_FIELDS_HAS_ARGS": "Provide fields without arguments only.",
    "PROVIDES_FIELDS_MISSING_EXTERNAL": "Take it out of @provides, or mark it as @external where another owns it.",
    "PROVIDES_INVALID_FIELDS": _FIELD_SET,
    "PROVIDES_INVALID_FIELDS_TYPE": _FIELD_SET_TYPE,
    "PROVIDES_ON_NON_OBJECT_FIELD": "Remove @provides: the field has nothing below it.",
    "PROVIDES_UNSUPPORTED_ON_INTERFACE": _UNSUPPORTED,
    "QUERY_ROOT_TYPE_INACCESSIBLE": "Remove @inaccessible from the query type.",
    "REFERENCED_INACCESSIBLE": "Hide what refers to the type, or show the type.",
    "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH": "Make the argument optional, or add it everywhere.",
    "REQUIRED_INACCESSIBLE": "Make it optional, give it a default, or show it.",
    "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH": "Make the field optional, or add it everywhere.",
    "REQUIRES_DIRECTIVE_IN_FIELDS_ARG": _FIELD_SET_DIRECTIVE,
    "REQUIRES_FIELDS_MISSING_EXTERNAL": "Take it out of @requires, or mark it as @external where another owns it.",
    "REQUIRES_INVALID_FIELDS": _FIELD_SET,
    "REQUIRES_INVALID_FIELDS_TYPE": _FIELD_SET_TYPE,
    "REQUIRES_UNSUPPORTED_ON_INTERFACE": _UNSUPPORTED,
    "ROOT_MUTATION_USED": _ROOT_NAME,
    "ROOT_QUERY_USED": _ROOT_NAME,
    "ROOT_SUBSCRIPTION_USED": _ROOT_NAME,
    "SATISFIABILITY_ERROR": "Give the type a resolvable key that can be had on this way, or share the field.",
    "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES": "Let the subgraphs that share the field answer the same types.",
    "TYPE_KIND_MISMATCH": "Declare it as the same kind of type everywhere.",
    "UNKNOWN_FEDERATION_LINK_VERSION": "Link a version from v2.0 to v2.14.",
}
