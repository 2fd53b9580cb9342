"""The resident register's pages for its officers: search, record, history, households, journal, today's work, statistics."""
