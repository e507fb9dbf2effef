"""GraphiQL in a real browser: a query and a live subscription typed and answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import PATIENCE, graphiql, needs_browser, run, type_operation
from tests.support.graphql_client import Client
from tests.support.journey import free_seats, hold
from tests.support.system import System

pytestmark = [pytest.mark.system, pytest.mark.browser, needs_browser]


@pytest.fixture
async def page(embedded: System) -> AsyncIterator[Page]:
    async with graphiql(embedded.url, "/graphiql") as opened:
        yield opened


async def test_a_query_is_typed_and_answered(page: Page) -> None:
    await type_operation(page, '{ cinemas(filter: { city: "Hamburg" }) { nodes { name timeZone } } }')
    await run(page)
    answer = page.locator(".result-window")
    await expect(answer).to_contain_text("Elbkino", timeout=PATIENCE)
    await expect(answer).to_contain_text("Europe/Berlin")
    await page.get_by_role("button", name="Show Query Plan").click()
    plan = page.get_by_label("Query Plan", exact=True)
    await expect(plan).to_contain_text("1 request to 1 subgraph", timeout=PATIENCE)
    await expect(plan).to_contain_text('Fetch(service: "booking", id: 0)')


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
    await expect(answer).to_contain_text("SeatMapSnapshot", timeout=PATIENCE)
    assert (await hold(buyer, free.showtime_id, free.seat_ids[0]))["userErrors"] == []
    await expect(answer).to_contain_text(free.seat_ids[0], timeout=PATIENCE)
    await expect(answer).to_contain_text("HELD")
    await buyer.close()


async def test_the_tabs_of_the_purchase_are_there(page: Page) -> None:
    await expect(page.locator(".graphiql-tab-button")).to_have_text(["Search", "SeatMap", "Purchase", "LiveSeatMap"])
    await run(page)
    await expect(page.locator(".result-window")).to_contain_text("startsAt", timeout=PATIENCE)
