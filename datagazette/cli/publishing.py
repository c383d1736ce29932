"""`build` and `serve`: from the files of a publication to its site."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from datagazette.cli.group import cli, common
from datagazette.cli.printing import print_problems


@cli.command()
@common
@click.option("--out", type=click.Path(path_type=Path), help="Where to publish; public/ below the root by default.")
@click.option("--base-url", help="The site's address; catalog.yaml's baseUrl by default.")
@click.option("--only", multiple=True, metavar="DATASET", help="Publish only these datasets.")
@click.option("--drafts", is_flag=True, help="Publish versions that have not been released, too.")
@click.option("--jobs", type=click.IntRange(1), help="How many processes; one a core by default.")
@click.option("--force", is_flag=True, help="Make everything anew.")
@click.option("--explain", is_flag=True, help="Say what is made again, and why.")
@click.option("--cluster", metavar="ADDRESS", help="Let a Dask cluster work; the root must be on shared storage.")
def build(root: Path, lang: str, out: Path | None, base_url: str | None, only: tuple[str, ...], drafts: bool,
          jobs: int | None, force: bool, explain: bool, cluster: str | None) -> None:  # fmt: skip
    """Check, summarise, package, render and publish."""
    from datagazette.build.build import Options, publish_site
    from datagazette.build.progress import Reporter

    console = Console(stderr=True, highlight=False)
    options = Options(root.resolve(), out or root / "public", base_url, only, drafts, jobs, force, cluster)
    built = publish_site(options, Reporter(console, lang, explain=explain))
    print_problems(built.problems, lang, console)
    if lang == "zh":
        done = "没有变化，网站保持原样" if built.unchanged else "已发布"
        click.echo(f"{done}：{built.out}（{built.datasets} 个数据集、{built.pages} 个页面）")
    else:
        done = "Nothing has changed; the site stands" if built.unchanged else "Published"
        click.echo(f"{done}: {built.out} ({built.datasets} datasets, {built.pages} pages)")


@cli.command()
@common
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--jobs", type=click.IntRange(1))
def serve(root: Path, lang: str, port: int, jobs: int | None) -> None:
    """Show the site with its drafts on localhost, and build it again as files change."""
    from datagazette.build.progress import Reporter
    from datagazette.commands.serve.serving import serve_site

    serve_site(root.resolve(), port, jobs, Reporter(Console(stderr=True, highlight=False), lang))
