"""From a plan to a response: fetch, merge, project."""
