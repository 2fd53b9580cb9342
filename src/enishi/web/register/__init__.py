"""Pages of a municipality's register officers."""
