"""Every rule of the router and every known mistake of routers is named by a test."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

RULES = range(1, 43)
BUGS = range(1, 35)


def _marked(kind: str) -> set[int]:
    found: set[int] = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == kind:
                found |= {
                    item.value for item in node.args if isinstance(item, ast.Constant) and type(item.value) is int
                }
    return found


@pytest.mark.parametrize(("kind", "numbers"), [("rule", RULES), ("bug", BUGS)])
def test_every_number_is_covered(kind: str, numbers: range) -> None:
    assert sorted(set(numbers) ^ _marked(kind)) == []
