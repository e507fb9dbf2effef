"""The table of the router's settings, made from the settings themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from router.config import ENVIRONMENT_PREFIX, RouterConfig


def settings_table() -> str:
    """Give a Markdown table with a line for each setting."""
    rows = ["| setting | environment | default | what it is |", "|---|---|---|---|"]
    for path, field, default in _settings(RouterConfig, ()):
        if "<name>" in path:
            variable = "`" + ENVIRONMENT_PREFIX + path[0].upper() + "`"
        else:
            variable = "`" + ENVIRONMENT_PREFIX + "__".join(path).upper() + "`"
        rows.append(f"| `{'.'.join(path)}` | {variable} | {_written(default)} | {_told(field)} |")
    return "\n".join(rows) + "\n"


def _settings(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], FieldInfo, Any]]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _settings(kind, (*path, name))
        elif get_origin(kind) is Mapping and issubclass(get_args(kind)[1], BaseModel):
            yield from _settings(get_args(kind)[1], (*path, name, "<name>"))
        else:
            yield (*path, name), field, field.get_default(call_default_factory=True)


def _written(default: Any) -> str:
    if default is None or default is PydanticUndefined:
        return "unset"
    if isinstance(default, tuple | Mapping) and not default:
        return "none"
    if isinstance(default, tuple):
        return "`" + json.dumps(list(default)) + "`"
    return f"`{default}`" if isinstance(default, str) else f"`{json.dumps(default)}`"


def _told(field: FieldInfo) -> str:
    assert field.description is not None
    return field.description.replace("|", "\\|")
