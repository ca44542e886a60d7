"""What a receiver makes of a token: Kerberos, SPNEGO, NTLM, EXCHANGEAUTH."""
