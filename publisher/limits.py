"""The limits of what a publication or a package may hold. Whoever exceeds one is shown the number.

They are far above what people need, and low enough that a file at its limits is read within seconds. Limits of time
and memory are those of the process that does the work.
"""

from __future__ import annotations

# Descriptors: catalog.yaml, datapackage.yaml, releases.yaml and schemas; datapackage.json and its schemas.
DESCRIPTOR_BYTES = 5_000_000  # a descriptor of a thousand resources has about one million
DESCRIPTOR_KEYS = 10_000  # of one mapping; each is held against all that are known
DESCRIPTOR_LEVELS = 60  # of nesting
DESCRIPTOR_VALUES = 100_000  # texts, numbers and keys of a YAML file together

# What descriptors list.
FIELDS = 2_000  # of a schema or a summary: each is a part of one long query
COLUMNS = FIELDS  # of a CSV
KEYS = 200  # unique keys or foreign keys of a schema: each is a query of its own
VALUES = 10_000  # categories, allowed or missing values of a field; longer lists are tables with a foreign key
ITEMS = 1_000  # resources, summaries, checks, key figures, licences, contributors and so on, of each
LANGUAGES = 50  # of a publication or a package
RELEASES = 10_000  # in the ledger of a dataset
JSON_SCHEMA_PARTS = 2_000  # mappings, lists and values in the constraint `jsonSchema`

# Other files.
QUERY_BYTES = 100_000
NOTES_BYTES = 50_000_000
NOTES = 100_000
NOTE_CHARACTERS = 20_000

# Values.
FIRST_DAY, LAST_DAY = "1000-01-01", "2999-12-31"  # what programs read as a date with a year of four digits
FREQUENCY_YEARS = 100  # of `updateFrequency`
ADDRESS_CHARACTERS = 2_000  # of `baseUrl`; some servers and browsers take no more

# What is said about faults.
LISTED = 1_000  # equal problems of a folder; the others are counted
VALUE_CHARACTERS = 500  # of one value in a message
MESSAGE_CHARACTERS = 2_000
COMPARED = 50_000  # names that are compared, for one file, to find what a misspelt name means
