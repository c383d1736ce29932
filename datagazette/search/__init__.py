"""Search: Pagefind's index of what pages say, and an index of rows.

No page shows the 48,000 rows of a list of places, so the rows of smaller tables have an index of their own, in parts
to load singly: `row_entries` makes a table's rows into entries in each language and says where a region's name leads,
and `row_files` lays those of all tables out as files of a few kilobytes.
"""
