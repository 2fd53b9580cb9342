"""The second reader of bank files and the audit of a run: from the published table, knowing nothing of the writer."""
