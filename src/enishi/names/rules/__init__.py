"""The law of readings and the sounds of the language: pure functions over the standard library."""
