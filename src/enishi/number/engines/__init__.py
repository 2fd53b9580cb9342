"""Set-based work of the vault."""
