"""Watches a subscription over a WebSocket, by hand: this is all of graphql-transport-ws that a client has to speak."""

from __future__ import annotations

import asyncio
import json
import sys

from websockets.asyncio.client import connect

SUBSCRIPTION = "subscription { published { title rating } }"


async def watch(url: str) -> None:
    """Print each event until the subscription is complete."""
    async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:
        # What a browser cannot send as headers goes here: {"authorization": "Bearer …"}.
        await socket.send(json.dumps({"type": "connection_init", "payload": {}}))
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": SUBSCRIPTION}}))
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "next":
                print(json.dumps(message["payload"]["data"]))
            elif message["type"] in {"complete", "error"}:
                return


asyncio.run(watch(sys.argv[1]))
