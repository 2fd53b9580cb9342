"""Pages by audience, and the design that they share. No law lives here."""
