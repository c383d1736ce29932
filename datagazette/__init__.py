"""A generator of static open-data sites: checks, summarises, packages and publishes versioned CSV tables."""

VERSION = "0.1.0"
