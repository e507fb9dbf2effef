"""GraphiQL in a real browser: a query and a live subscription typed and answered."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.support.graphql_client import Client
from tests.support.journey import free_seats, hold
from tests.support.system import System

CHROMIUM = Path(os.environ.get("EVENTIO_TEST_CHROMIUM", "/usr/bin/chromium"))
pytestmark = [
    pytest.mark.system,
    pytest.mark.browser,
    pytest.mark.xdist_group("embedded"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}: apt-get install chromium"),
]


@pytest.fixture
async def page(embedded: System, tmp_path: Path) -> AsyncIterator[Page]:
    """A page in a fresh browser, GraphiQL open."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        made = await browser.new_page(viewport={"width": 1400, "height": 900})
        refused: list[str] = []
        made.on("request", lambda request: refused.append(request.url) if embedded.url not in request.url else None)
        await made.goto(f"{embedded.url}/graphiql")
        yield made
        await browser.close()
        foreign = [url for url in refused if not url.startswith(("data:", "blob:"))]
        assert foreign == [], "GraphiQL has to work offline"


async def type_operation(page: Page, text: str) -> None:
    """Replace what the query editor holds."""
    editor = page.locator(".graphiql-query-editor .monaco-editor").first
    await editor.click()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.insert_text(text)


async def run(page: Page) -> None:
    """Press the button that executes."""
    await page.locator(".graphiql-execute-button").click()


async def test_a_query_is_typed_and_answered(page: Page) -> None:
    await type_operation(page, '{ cinemas(filter: { city: "Hamburg" }) { nodes { name timeZone } } }')
    await run(page)
    answer = page.locator(".result-window")
    await expect(answer).to_contain_text("Elbkino", timeout=15_000)
    await expect(answer).to_contain_text("Europe/Berlin")


async def test_a_live_subscription_shows_a_seat_taken_elsewhere(page: Page, embedded: System) -> None:
    buyer = Client(embedded)
    await buyer.be_guest()
    free = await free_seats(buyer, skip=12)
    await type_operation(
        page,
        f"""subscription {{
          seatMapUpdates(showtimeId: "{free.showtime_id}") {{
            __typename
            ... on SeatMapSnapshot {{ version }}
            ... on SeatMapDelta {{ changes {{ seatId status }} }}
          }}
        }}""",
    )
    await run(page)
    answer = page.locator(".result-window")
    await expect(answer).to_contain_text("SeatMapSnapshot", timeout=15_000)
    assert (await hold(buyer, free.showtime_id, free.seat_ids[0]))["userErrors"] == []
    await expect(answer).to_contain_text(free.seat_ids[0], timeout=15_000)
    await expect(answer).to_contain_text("HELD")
    await buyer.close()


async def test_the_tabs_of_the_purchase_are_there(page: Page) -> None:
    for name in ("Search", "SeatMap", "LiveSeatMap"):
        await expect(page.get_by_role("tab", name=name, exact=False).first).to_be_visible(timeout=15_000)
