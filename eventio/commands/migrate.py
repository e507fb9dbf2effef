"""`eventio migrate`: database schemas."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from eventio.errors import CannotRun


def migrate(
    service: Annotated[list[str] | None, typer.Argument(help="auth, booking, seat; all when none is named.")] = None,
    revision: Annotated[str, typer.Option(help="A revision of one service, or `head`.")] = "head",
) -> None:
    """Migrate the databases that the environment names."""
    from eventio.services import NAMES, service_kind  # noqa: PLC0415 - see the package's docstring

    names = tuple(service or NAMES)
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise CannotRun(f"there is no service {unknown[0]!r}: name {', '.join(NAMES)}")
    if revision != "head" and len(names) > 1:
        raise CannotRun("a revision belongs to one service: name it, as in `eventio migrate seat --revision …`")
    for name in names:
        kind = service_kind(name)
        asyncio.run(kind.migrate(kind.settings(), revision=revision))
        Console(stderr=True).print(f"{name}: migrated to {revision}.")
