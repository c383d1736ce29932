"""Checking tables against their schemas: Frictionless's verdicts, found by DuckDB."""

import warnings

# Python warns of patterns that it may read otherwise one day; what counts is how it and Frictionless read them now.
warnings.filterwarnings("ignore", "Possible (nested set|set )", FutureWarning)
