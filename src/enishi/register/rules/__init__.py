"""The law of the resident register as pure functions and frozen dataclasses."""
