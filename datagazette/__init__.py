"""A generator of static open-data sites: checks, summarises, packages and publishes versioned CSV tables."""
