"""The only asyncio of the probe: sockets, TLS, name resolution, KDC transport. It judges nothing."""
