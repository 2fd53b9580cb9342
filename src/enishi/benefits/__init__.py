"""What a programme decides and pays: entitlement, payee, ledger, bank files, letters. Law: each programme file names its own."""
