"""The commands of `enishi`, one module a room."""
