"""Set-based work of the register: loading a nation, snapshots."""
