"""What a bench's report is made with: commit, versions, machine."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import version
from typing import Any, Final

from bench.server import ROOT

__all__ = ["surroundings"]

_PACKAGES: Final = ("strawberry-graphql", "graphql-core", "sqlalchemy", "uvicorn", "uvloop", "orjson", "aiohttp")


def surroundings() -> dict[str, Any]:
    """Give the commit, the machine and the packages' versions."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "commit": commit,
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "versions": {name: version(name) for name in _PACKAGES},
    }
