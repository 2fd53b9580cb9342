"""The agency's console: programmes, adoption, runs, results, releases."""
