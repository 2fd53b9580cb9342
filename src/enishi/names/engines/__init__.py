"""Dictionaries and aligners."""
