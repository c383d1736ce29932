"""Data that is not in git: a store keeps files by their SHA-256, and gives them back where they are needed."""
