"""`eventio demo`: demo data."""

from __future__ import annotations

import asyncio

from rich.console import Console

from eventio.errors import CannotRun


def demo() -> None:
    """Fill the empty databases that the environment names with cinemas, films, two weeks of showtimes, sold seats."""
    asyncio.run(_fill())


async def _fill() -> None:
    from eventio.demo.filling import fill, is_empty  # noqa: PLC0415 - see the package's docstring
    from eventio.process import configured_services  # noqa: PLC0415
    from eventio.progress import progress  # noqa: PLC0415

    async with configured_services() as services:
        if not await is_empty(services):
            raise CannotRun("the databases hold cinemas already: demo data go into empty ones only")
        with progress(Console(stderr=True)) as show:
            await fill(services, show=show)
