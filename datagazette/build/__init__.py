"""The build: `build.py` in order, a module for each step, the cache and the workers."""
