"""Dictionaries compiled by `enishi names build`, under a licence of their own (LICENSE.md here)."""
