"""Rooms and seats as values and pure functions: no database, no GraphQL, no time."""
