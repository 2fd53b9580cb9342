"""The face of all pages: templates, style sheets, icons, translations."""
