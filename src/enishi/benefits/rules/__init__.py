"""The law of benefits as pure functions."""
