"""What auth decides: accounts, sessions, passwords, keys. Knows neither GraphQL nor HTTP."""
