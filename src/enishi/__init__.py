"""Enishi (縁): a country's digital administration as one Python project. Not an official service."""

__version__ = "0.1.0"
