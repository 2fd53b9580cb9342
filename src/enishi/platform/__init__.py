"""Plumbing that every room shares: read record, roles, four-eyes approval, API keys, outbox, chunk ledger,
files, keys.
"""
