"""The files that people download, one module a format."""
