"""Search one person and see why they are or were not paid; every read is recorded with its purpose."""
