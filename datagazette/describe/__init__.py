"""Descriptions of what is published, for people and machines: model and results in, dict or text out."""
