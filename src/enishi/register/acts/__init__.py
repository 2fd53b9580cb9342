"""The acts of the register (異動), one module a family: each takes what was reported, checks the law, changes the facts."""
