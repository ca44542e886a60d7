"""Accounts, names and keys, as each domain controller knows them."""
