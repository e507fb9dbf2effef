"""A GraphQL Federation 2 router. It knows nothing of any particular graph."""
