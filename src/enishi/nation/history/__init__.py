"""The years before the day (`--history`): who lived where (`past`), and how registers recorded it (`chronicle`)."""
