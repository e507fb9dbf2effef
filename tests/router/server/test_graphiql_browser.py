"""GraphiQL in a real browser: it renders, runs what is typed, and shows a subscription, all without another host."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import PATIENCE, graphiql, needs_browser, run
from tests.support.local_engine import LocalEngine
from tests.support.running_server import Running

pytestmark = [pytest.mark.browser, needs_browser]

TABS = [
    {
        "name": "Greeting",
        "query": "query Greeting($name: String!) {\n  hello(name: $name)\n}",
        "variables": {"name": "Ada"},
        "headers": {"Authorization": "Bearer "},
    },
    {"name": "who am I", "query": "{ headers }", "headers": {"accept-language": "de"}},
    {"name": "Live", "query": "subscription Live { ticks(count: 3) }"},
]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"graphiql": {"tabs": TABS, "headers": {"Authorization": "Bearer t"}}}


@pytest.fixture
async def page(router: Running) -> AsyncIterator[Page]:
    async with graphiql(router.http) as opened:
        yield opened


async def go_to_tab(page: Page, index: int) -> None:
    await page.locator(".graphiql-tab-button").nth(index).click()
    # GraphiQL takes up the operation's name a tenth of a second later; nobody's hand is as quick as this test.
    await page.wait_for_timeout(500)


def result_of(page: Page) -> Any:
    return expect(page.locator(".result-window"))


async def test_the_configured_tabs_run_with_their_variables_and_headers(page: Page, engine: LocalEngine) -> None:
    await expect(page.locator(".graphiql-tab-button")).to_have_text(["Greeting", "whoAmI", "Live"])
    await run(page)
    await result_of(page).to_contain_text('"hello": "Hello Ada"', timeout=PATIENCE)
    assert "authorization" not in dict(engine.contexts[-1].headers)

    await go_to_tab(page, 1)
    await run(page)
    await result_of(page).to_contain_text('"Bearer t"', timeout=PATIENCE)
    assert dict(engine.contexts[-1].headers)["accept-language"] == "de"

    await go_to_tab(page, 2)
    await run(page)
    await result_of(page).to_contain_text('"ticks": 3', timeout=PATIENCE)
    assert dict(engine.contexts[-1].headers)["authorization"] == "Bearer t"


async def test_what_is_typed_is_completed_from_the_schema_and_run(page: Page) -> None:
    await page.click(".graphiql-tab-add")
    await page.click(".graphiql-query-editor .view-lines")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("{ hel", delay=20)
    # The completion comes from a worker, which has the schema from the router's introspection.
    await expect(page.locator(".suggest-widget .monaco-list-row").first).to_contain_text("hello", timeout=PATIENCE)
    await page.keyboard.press("Enter")
    await run(page)
    await result_of(page).to_contain_text('"hello": "Hello world"', timeout=PATIENCE)
