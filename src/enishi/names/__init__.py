"""Names: whether a reading (振り仮名) is a reading of the characters of a name, and why, under the Family Register Act (Act 224
of 1947), art. 13(1)(ii) and 13(2). This room judges; registers record.
"""
