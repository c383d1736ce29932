"""The limits of what a publication or a package may hold. Whoever exceeds one is shown the number.

They are far above what people need, and low enough that a file at its limits is read within seconds. Limits of time
and memory are those of the process that does the work.
"""

from __future__ import annotations

# CSVs.
COLUMNS = 2_000
ROW_CHARACTERS = 10_000_000  # after a quote that is never closed, all that follows is one row
LABEL_CHARACTERS = 10_000  # of one label in the header

# Files that `new` and `revise` read, in a process of their own.
SOURCE_BYTES = 200_000_000  # of a CSV
TABLE_CELLS = 5_000_000  # of one table, which is held in memory
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
