"""Payment providers: one interface, and the providers behind it."""
