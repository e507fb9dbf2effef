"""GraphiQL in a real, headless Chromium that may reach the started server and nothing else."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 30_000
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium here: apt-get install chromium, or set CHROMIUM"
)
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextlib.asynccontextmanager
async def graphiql(url: str, path: str = "/graphql") -> AsyncIterator[Page]:
    """Open GraphiQL; fails in the end when the page asked another host, or reported an error."""
    strangers: list[str] = []
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        page = await browser.new_page(viewport={"width": 1400, "height": 800})
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: strangers.append(request.url))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        await page.goto(url + path)
        await expect(page.locator(".graphiql-query-editor .view-lines")).to_be_visible(timeout=PATIENCE)
        yield page
        await browser.close()
    assert [asked for asked in strangers if not asked.startswith((url, "data:", "blob:"))] == []
    assert problems == []


async def type_operation(page: Page, text: str) -> None:
    """Open a tab of its own and put an operation into it."""
    await page.click(".graphiql-tab-add")
    await page.click(".graphiql-query-editor .view-lines")
    await page.keyboard.press("Control+A")
    # On one line: the editor closes brackets by itself where a line ends.
    await page.keyboard.insert_text(" ".join(text.split()))


async def run(page: Page) -> None:
    """Press the button that executes."""
    await page.click(".graphiql-execute-button")
