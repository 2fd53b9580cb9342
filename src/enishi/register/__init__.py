"""The resident register: persons, households, residence. Law: Basic Resident Register Act (Act 81 of
1967).
"""
