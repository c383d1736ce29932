"""The pages of the site: from the publication and its results to staged Markdown, without writing anything."""

from datagazette.pages.catalogue import CARDS_FILE, dataset_card, further_cards
from datagazette.pages.context import Listed, Page, Plot, SiteContent
from datagazette.pages.lists import Unmade, further_pages, has_figures, has_sources, older_changes
from datagazette.pages.removed import gone_datasets, tombstone_paths
from datagazette.pages.render import linked_pages, overview_pages, render_dataset, render_overview, render_pages
from datagazette.pages.strings import Strings, comparable_keys, parse_strings, read_strings

__all__ = [
    "CARDS_FILE",
    "Listed",
    "Page",
    "Plot",
    "SiteContent",
    "Strings",
    "Unmade",
    "comparable_keys",
    "dataset_card",
    "further_cards",
    "further_pages",
    "gone_datasets",
    "has_figures",
    "has_sources",
    "linked_pages",
    "older_changes",
    "overview_pages",
    "parse_strings",
    "read_strings",
    "render_dataset",
    "render_overview",
    "render_pages",
    "tombstone_paths",
]
