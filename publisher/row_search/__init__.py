"""The search over rows: every row of the smaller tables by its name, its words and its code, in parts to load singly.

Pagefind knows what pages say, and no page shows the 48,000 rows of a list of places. So rows have an index of their
own: `grams` cuts a text into what it is looked up by, `entries` makes a row into an entry in each language, `places`
tells where a region's name leads, and `parts` lays it all out as files of a few kilobytes.
"""

from publisher.row_search.entries import row_entries
from publisher.row_search.parts import documents

__all__ = ["documents", "row_entries"]
