"""The pure words of the field: identifiers, dates, periods, yen, kana, codes, reasons.

Standard library only, but for the calendar of holidays (jpholiday) and `vector` (NumPy).
"""
