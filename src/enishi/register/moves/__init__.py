"""The move between municipalities: filing, steps, messages, deadlines (docs/moves.md; Basic Resident Register Act arts 9, 22,
24).
"""
