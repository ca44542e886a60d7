"""Listeners, connections and addresses of the lab. They know nothing of what is served on them.

`listener` is a TCP port: who is connected, how many may be, and a stop that ends them all. What it does with those
who come is a value, asked for at the start (`actions.Listen`): serve, refuse (bound and not listening, so that nobody
else gets the port), or drop (accept and stay silent). `stream_connection` moves octets between a client and a session
that is a state machine; `udp_tcp_server` is for one request and one answer over both transports, as KDC and DNS have
it.

`actions` says what becomes of octets: `Send`, perhaps late, perhaps with the end of the connection behind them,
`Reset`, or `Silence`. A fault returns one of these; whoever sends carries it out, so that no server has a branch for
a fault. `served` is what all servers look like from outside: an address, a port, a start and a stop. Nothing listens
outside of loopback unless somebody said ``allow_remote``.
"""
