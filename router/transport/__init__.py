"""To subgraphs: one small interface, and its HTTP, WebSocket, in-process and mock implementations."""
