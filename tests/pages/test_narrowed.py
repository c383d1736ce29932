"""What a dataset's pages are handed is all that they show: alone they are the same as among all others."""

from __future__ import annotations

from dataclasses import replace

from datagazette.build.content import narrowed
from datagazette.pages import SiteContent, render_dataset
from tests.pages.sample import both, content, places, result_100, result_110


def assert_alone_as_among(site: SiteContent) -> None:
    for dataset in site.datasets:
        alone = replace(narrowed(site)[dataset.name], plots=site.plots, images=site.images)
        assert list(render_dataset(alone, dataset)) == list(render_dataset(site, dataset)), dataset.name


def test_pages_of_a_dataset_need_what_it_uses_and_no_other() -> None:
    assert_alone_as_among(content())


def test_a_dataset_that_goes_on_under_another_name_knows_that_one() -> None:
    old = places()
    old = replace(old, release=replace(old.release, renamed_to="libraries", title=both("旧", "Old")))
    site = content(old, result_100(), result_110())
    assert_alone_as_among(site)
    dataset = next(one for one in site.datasets if one.name == old.release.dataset)
    assert any("../libraries/" in page.text for page in render_dataset(site, dataset))
