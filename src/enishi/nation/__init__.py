"""The synthetic nation: people, towns, banks. Everything it makes is marked synthetic; only site imports it."""
