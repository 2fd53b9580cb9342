"""The office's pages of support measures (支援措置): own file, filing, decision, renewal, change and end, notice."""
