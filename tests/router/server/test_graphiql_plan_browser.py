"""GraphiQL's panel with the plan, in a real browser: it follows the editor, and nothing is executed for it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from router.app import build_router
from router.config import load_config
from router.transport.mock import MockTransport
from tests.router.composition.corpus_cases import composed
from tests.support.browser import PATIENCE, graphiql, needs_browser, type_operation
from tests.support.running_server import Running, running

pytestmark = [pytest.mark.browser, needs_browser]

SUPERGRAPH = composed(
    catalog="""
        type Query { items: [Item!]! }
        type Mutation { wipe: Int }
        type Item @key(fields: "id") { id: ID! name: String }
    """,
    stock='type Item @key(fields: "id") { id: ID! left: Int }',
)


@pytest.fixture
def transport() -> MockTransport:
    return MockTransport()


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"query_plans": True}


@pytest.fixture
async def router(transport: MockTransport, settings: dict[str, Any]) -> AsyncIterator[Running]:
    config = load_config(**settings)
    async with running(build_router(config, SUPERGRAPH, transport), config) as started:
        yield started


@pytest.fixture
async def page(router: Running) -> AsyncIterator[Page]:
    async with graphiql(router.http) as opened:
        await opened.get_by_role("button", name="Show Query Plan").click()
        yield opened


async def test_the_plan_follows_the_editor_and_nothing_is_sent(page: Page, transport: MockTransport) -> None:
    panel = page.get_by_label("Query Plan", exact=True)
    await type_operation(page, "{ items { name left } }")
    summary = panel.locator(".query-plan-summary")
    await expect(summary).to_have_text("2 requests to 2 subgraphs, 2 deep", timeout=PATIENCE)
    await expect(panel.locator("pre")).to_contain_text('Fetch(service: "stock", id: 1, after: [0])')

    await type_operation(page, "query A { items { name } } mutation B { wipe }")
    await expect(summary).to_have_text("1 request to 1 subgraph, its answer passed on as it is", timeout=PATIENCE)
    await panel.get_by_label("Operation").select_option("B")
    await expect(panel.locator("pre")).to_contain_text(re.compile(r"mutation \{\s+wipe"), timeout=PATIENCE)

    await type_operation(page, "{ itmes { name } }")
    problem = panel.locator(".query-plan-problem")
    await expect(problem).to_contain_text("(line 1, column 3)", timeout=PATIENCE)
    assert transport.requests == []


class TestSwitchedOff:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"query_plans": False}

    async def test_the_panel_says_how_to_switch_it_on(self, page: Page) -> None:
        panel = page.get_by_label("Query Plan", exact=True)
        await expect(panel).to_contain_text("query_plans: true", timeout=PATIENCE)
