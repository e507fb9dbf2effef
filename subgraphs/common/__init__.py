"""What every subgraph needs: application, database, identity, errors, bus, outbox, clock, settings."""
