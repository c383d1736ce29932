"""The search: the index of pages, and the index of rows."""
