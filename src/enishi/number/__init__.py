"""The individual number's vault: sealed store, blind index, reveal by decision only. Law: My Number Act (Act
27 of 2013).
"""
