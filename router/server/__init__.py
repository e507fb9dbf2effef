"""From clients: GraphQL over HTTP and WebSocket, GraphiQL, health."""
