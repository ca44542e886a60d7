"""Where tickets come from: the probe's own Kerberos client (PURE; `probe.net` moves its bytes) and files of
MIT's programs.
"""
