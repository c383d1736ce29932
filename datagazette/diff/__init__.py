"""Comparing what was published with what will be: rows and cells, schemas and descriptions, file forms, damage."""
