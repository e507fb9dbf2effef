"""The GraphiQL page and its files, all of them served from here: nothing is loaded from another host.

The files under `graphiql/` are built by `tools/graphiql`. Their address has a hash of what they contain, so browsers
keep them for ever and a new build is seen at once.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import html
from functools import cached_property
from pathlib import Path

import orjson

from router.config import GraphiQLSettings
from router.server.exchange import Exchange
from router.server.negotiation import MediaType
from router.server.refusals import MethodRefused, UnknownPath

FOLDER = Path(__file__).parent / "graphiql"

_CONTENT_TYPES = {
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".md": b"text/markdown; charset=utf-8",
    "": b"text/plain; charset=utf-8",
}
_FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
_PAGE_HEADERS = (
    (b"cache-control", b"no-cache"),
    (
        b"content-security-policy",
        (
            b"default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; "
            b"connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
    (b"referrer-policy", b"same-origin"),
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphiQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{base}/graphiql.css">
<script type="application/json" id="graphiql-settings">{settings}</script>
<script type="module" src="{base}/graphiql.js"></script>
</head>
<body><div id="graphiql"><noscript>GraphiQL needs JavaScript.</noscript></div></body>
</html>
"""


class GraphiQLPage:
    """Answers requests for the page and for what it consists of."""

    def __init__(
        self,
        settings: GraphiQLSettings,
        *,
        graphql_path: str,
        base_path: str,
        query_plans: bool = False,
        folder: Path = FOLDER,
    ) -> None:
        """Prepare the page.

        Args:
            settings: tabs and headers.
            graphql_path: where operations are sent.
            base_path: where the page's files are.
            query_plans: whether the router shows plans.
            folder: with the files.
        """
        self._settings = settings
        self._query_plans = query_plans
        self._graphql_path = graphql_path
        self._base_path = base_path
        self._folder = folder
        self._compressed: dict[str, bytes] = {}

    @cached_property
    def version(self) -> str:
        """Give a hash over all files."""
        digest = hashlib.sha256()
        for path in sorted(self._folder.iterdir()):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    async def page(self, exchange: Exchange) -> None:
        """Answer with the page."""
        _check_method(exchange)
        version = await asyncio.to_thread(lambda: self.version)
        settings = orjson.dumps(
            {
                "endpoint": exchange.root_path + self._graphql_path,
                "headers": dict(self._settings.headers),
                "queryPlans": self._query_plans,
                "tabs": [tab.model_dump() for tab in self._settings.tabs],
            }
        ).decode()
        base = html.escape(f"{exchange.root_path}{self._base_path}/{version}")
        # Within a script element only `<` could end the text early; in JSON it may be written as an escape.
        content = _PAGE.format(base=base, settings=settings.replace("<", "\\u003c"))
        await exchange.respond(200, MediaType.HTML.content_type, content.encode(), _PAGE_HEADERS)

    async def file(self, exchange: Exchange, name: str) -> None:
        """Answer with a file; `name` is `<version>/<file>`.

        Raises:
            UnknownPath: there is no such file in the present version.
        """
        _check_method(exchange)
        version, _, file_name = name.partition("/")
        if version != await asyncio.to_thread(lambda: self.version):
            raise UnknownPath("There is no such file.")
        compressed = self._compressed.get(file_name)
        if compressed is None:
            compressed = await asyncio.to_thread(self._compress, file_name)
            self._compressed[file_name] = compressed
        content_type = _CONTENT_TYPES.get(Path(file_name).suffix, b"application/octet-stream")
        headers = [_FOR_EVER, (b"vary", b"Accept-Encoding")]
        if b"gzip" in exchange.headers.get(b"accept-encoding", b""):
            await exchange.respond(200, content_type, compressed, [*headers, (b"content-encoding", b"gzip")])
        else:
            await exchange.respond(200, content_type, await asyncio.to_thread(gzip.decompress, compressed), headers)

    def _compress(self, file_name: str) -> bytes:
        # Only names that the folder lists are opened, so no path of a client's making is.
        for path in self._folder.iterdir():
            if path.name == file_name:
                return gzip.compress(path.read_bytes(), mtime=0)
        raise UnknownPath("There is no such file.")


def _check_method(exchange: Exchange) -> None:
    if exchange.method not in {"GET", "HEAD"}:
        raise MethodRefused(f"The method {exchange.method} is not served here.", allow="GET, HEAD")
