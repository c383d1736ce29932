"""The formats that a table is published in."""
