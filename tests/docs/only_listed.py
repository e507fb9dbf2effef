"""Imports every module of the router while nothing can be imported that `router/requirements.txt` does not bring.

Run as a program of its own: it spoils the import system of its process. Prints how many modules were imported.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Sequence
from importlib import metadata
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import router

_LISTED = Path(router.__file__).with_name("requirements.txt")


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[._-]+", "-", found[0].lower())


def _needed() -> set[str]:
    """Follow the listed packages to what they need themselves."""
    lines = _LISTED.read_text(encoding="utf-8").splitlines()
    waiting = [_name(line) for line in lines if line[:1].isalpha()]
    needed: set[str] = set()
    while waiting:
        package = waiting.pop()
        if package in needed:
            continue
        needed.add(package)
        try:
            required = metadata.requires(package) or []
        except metadata.PackageNotFoundError:
            continue
        waiting += [
            _name(line) for line in required if "extra ==" not in line or 'extra == "yaml"' in line.replace("'", '"')
        ]
    return needed


class Only:
    """Finds nothing but the standard library, the router and what it needs."""

    def __init__(self, packages: set[str]) -> None:
        self._modules = {
            module
            for module, owners in metadata.packages_distributions().items()
            if any(_name(owner) in packages for owner in owners)
        }

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in self._modules or top.startswith("_") or top == "router":
            return None
        raise ModuleNotFoundError(f"{name} is not listed", name=name)


def main() -> None:
    sys.meta_path.insert(0, Only(_needed()))
    names = [found.name for found in pkgutil.walk_packages(router.__path__, "router.")]
    for name in names:
        importlib.import_module(name)
    try:
        importlib.import_module("sqlalchemy")
    except ModuleNotFoundError:
        sys.stdout.write(f"{len(names)}\n")


if __name__ == "__main__":
    main()
