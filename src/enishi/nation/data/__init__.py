"""Small tables of the nation: population by prefecture and band, names of foreign residents."""
