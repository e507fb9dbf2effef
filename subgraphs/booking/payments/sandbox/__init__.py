"""A payment provider that needs no account and no network, and behaves, and misbehaves, like a real one."""
