"""Putting a site in place: the output, the run of MkDocs, its style and its scripts."""
