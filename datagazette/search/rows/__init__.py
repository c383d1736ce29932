"""The search over rows: every row of the smaller tables by its name, its words and its code, in parts to load singly.

Pagefind knows what pages say, and no page shows the 48,000 rows of a list of places. So rows have an index of their
own: `grams` cuts a text into what it is looked up by, `entries` makes a table's rows into entries in each language,
`places` tells where a region's name leads, and `parts` lays those of all tables out as files of a few kilobytes.
"""

from datagazette.search.rows.entries import TableRows, Words, dataset_rows, in_order
from datagazette.search.rows.parts import Shelves, documents
from datagazette.search.rows.places import datasets_about, place_leads

__all__ = ["Shelves", "TableRows", "Words", "dataset_rows", "datasets_about", "documents", "in_order", "place_leads"]
