"""A municipality's own pages: its figures, holds, letters and bank files, decide and release."""
