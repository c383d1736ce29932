"""The limits of what a publication or a package may hold. A message about one names the number.

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

# Logos: every page shows them, and every picture of a link.
LOGO_BYTES = 300_000
LOGO_PIXELS = 4_000  # of a side of a PNG
LOGO_RATIO = 12  # of width to height, or of height to width
LOGO_PARTS = 5_000  # elements of an SVG
LOGO_USES = 20  # of which each draws others again, and others these

# Keys and signatures.
SIGNING_KEYS = 100  # in `keys` of the catalogue
KEY_CHARACTERS = 5_000  # of a public key; one of RSA with 16,384 bits has 2,800
SUMS_BYTES = 5_000_000  # a `SHA256SUMS` that was signed
SIGNATURE_BYTES = 20_000

# Tables in a store.
STORED_BYTES = 20_000_000_000  # of one file

# The file with the history of a dataset: some hosts take files of 25 MiB.
HISTORY_CELLS = 200_000  # that still hold; beyond it the file leaves out what never changed

# What is said about faults.
LISTED = 1_000  # equal problems of a folder; the others are counted
VALUE_CHARACTERS = 500  # of one value in a message
MESSAGE_CHARACTERS = 2_000
COMPARED = 50_000  # names that are compared, for one file, to find what a misspelt name means

# CSVs.
ROW_CHARACTERS = 10_000_000  # after a quote that is never closed, all that follows is one row
LABEL_CHARACTERS = 10_000  # of one label in the header

# Files that `new` and `revise` read, in a process of their own.
SOURCE_BYTES = 200_000_000  # of a CSV
TABLE_CELLS = 5_000_000  # of one table, which is held in memory
TABLE_ROWS = 4_000_000  # those of a single column take all of the process's memory
TABLE_CHARACTERS = 200_000_000
SOURCE_MEMORY = 2_000_000_000  # bytes of the process
SOURCE_SECONDS = 120  # for one file, and for finding out what all tables are

# Workbooks among them.
WORKBOOK_BYTES = 100_000_000
WORKBOOK_PARTS = 5_000  # files in its zip: sheets, pictures and so on
WORKBOOK_UNPACKED = 500_000_000  # bytes of all parts
WORKBOOK_RATIO = 200  # how many times its own size it may unpack to, if that is more than the next number
WORKBOOK_SMALL = 50_000_000  # bytes of all parts, which are few however small the file is
SHEET_AREA = 25_000_000  # rows times columns between the first and the last filled cell: all rows of 23 columns
