"""The auth subgraph: people, credentials, sessions, roles."""
