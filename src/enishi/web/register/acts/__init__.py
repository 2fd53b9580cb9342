"""Acts of the register as forms: choose the persons, say what the law asks, see what would change, confirm."""
