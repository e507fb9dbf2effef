"""Which tests run in one worker of pytest-xdist: those that share a started system, so that it is started once.

`--dist loadgroup` does not group with pytest 9.2 (pytest-xdist's issue 1386): it writes the group into a test's private
name, where pytest no longer looks. A test's file and parameters tell the group as well.
"""

from __future__ import annotations

import re
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped] # the package ships no types

# The files of `tests/system` that start systems of their own.
_APART: Final = frozenset({"test_bad_input", "test_life"})
_SYSTEM_TEST: Final = re.compile(r"tests/system/(?P<file>\w+)\.py::")
_DISTRIBUTED: Final = re.compile(r"\[(.*-)?distributed(-.*)?\]$")


def group_of(nodeid: str) -> str:
    """Name the group whose tests run in one worker; a test that shares nothing is a group of its own."""
    found = _SYSTEM_TEST.match(nodeid)
    if found is None:
        return nodeid
    if found["file"] in _APART:
        return found["file"]
    return "distributed" if _DISTRIBUTED.search(nodeid) else "embedded"


class SharedSystemScheduling(LoadScopeScheduling):  # type: ignore[misc] # as above
    """Hands out groups, those with most tests first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> SharedSystemScheduling | None:
    """Schedule by group where the command line says `--dist loadgroup`."""
    return SharedSystemScheduling(config, log) if config.getoption("dist") == "loadgroup" else None
