"""What Exchange and Windows would write down, out of the lab's ledger.

The ledger knows the truth; the logs show what an administrator would have of it, in the form that his tools read.
`protocol_log` makes records of the SmtpReceive and SmtpSend logs (by published logs; `protocol_log_tls` has
Schannel's words), `windows_events` the events 1035, 1020 and 2017 as the application log has them, `event_xml` the
same as ``wevtutil`` prints them. All of these are PURE: an entry and a clock offset in, text out. `files` writes them
while the lab runs, each entry before the next thing happens, so that a reader may follow them.

Times are the server's own clock, skewed or not, as in a real log. What identifies somebody is withheld as Exchange
withholds it (``334 <authentication response>``). Looking at a clock for a log's sake must not count as a clock that
somebody read, or a fault would seem to have fired by being written down.
"""
