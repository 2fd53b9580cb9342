"""Set-based work of benefits: fast path, second opinion, bank files and their audit, letters."""
