"""The loops behind sales end when they are told to, whatever else happens at that moment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.sales_system import SalesSystem


def loops(sales: SalesSystem) -> dict[str, Any]:
    return {"driver": sales.service.selling.sales.driver, "sandbox events": sales.service.selling.events}


@pytest.mark.parametrize("name", ["driver", "sandbox events"])
async def test_a_loop_ends_when_it_is_cancelled_as_it_is_woken(sales: SalesSystem, name: str) -> None:
    loop = loops(sales)[name]
    task = asyncio.create_task(loop.run())
    await asyncio.sleep(0.3)
    loop.wake()
    await asyncio.sleep(0)
    task.cancel()
    ended, _ = await asyncio.wait({task}, timeout=2)
    assert ended == {task}
