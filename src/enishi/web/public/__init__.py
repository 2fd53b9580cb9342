"""Pages open to everybody: start, sign-in, help, accessibility, privacy, about; and what every page's header does."""
