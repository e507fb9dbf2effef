"""To subgraphs: one small interface, and its HTTP, WebSocket, in-process and mock implementations."""

from router.transport.asgi import AsgiTransport
from router.transport.base import SubgraphRequest, SubgraphResponse, Transport
from router.transport.http import HttpLimits, HttpTransport, SubgraphEndpoint
from router.transport.mock import MockTransport
from router.transport.routing import RoutingTransport

__all__ = [
    "AsgiTransport",
    "HttpLimits",
    "HttpTransport",
    "MockTransport",
    "RoutingTransport",
    "SubgraphEndpoint",
    "SubgraphRequest",
    "SubgraphResponse",
    "Transport",
]
