"""The commands that publish: `build` and `serve` make the site, `release` and `record` write the ledger."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click
from rich.console import Console

from datagazette.cli.group import asks_for_drafts, cli, common, fetching, print_problems, print_remarks, working
from datagazette.cli.sizes import size_lines
from datagazette.messages import texts
from datagazette.model.content import Content
from datagazette.model.text import in_bytes


@cli.command()
@common
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of the published site; by default public/ in the root."
)
@click.option("--base-url", help="Address of the site; by default baseUrl in catalog.yaml.")
@click.option("--only", multiple=True, metavar="DATASET", help="Publish only these datasets.")
@click.option("--drafts", is_flag=True, help="Also publish drafts, that is, versions that are not released.")
@click.option("--skip-broken-drafts", is_flag=True, help="Leave out drafts with errors, instead of publishing nothing.")
@click.option("--fetch-drafts", is_flag=True, help="Also fetch the data of drafts from the store.")
@click.option(
    "--store-of",
    metavar="REVISION",
    help="Fetch from the store that catalog.yaml names in this revision: for a change that is not reviewed yet.",
)
@click.option("--jobs", type=click.IntRange(1), help="Number of processes; by default one per core.")
@click.option("--force", is_flag=True, help="Rebuild everything.")
@click.option("--explain", is_flag=True, help="Print what is rebuilt, and why.")
@click.option("--cluster", metavar="ADDRESS", help="Build on a Dask cluster; the root must be on shared storage.")
def build(root: Path, lang: str, out: Path | None, base_url: str | None, only: tuple[str, ...], drafts: bool,
          skip_broken_drafts: bool, fetch_drafts: bool, store_of: str | None, jobs: int | None, force: bool,
          explain: bool, cluster: str | None) -> None:  # fmt: skip
    """Check, summarise, package, render and publish the datasets."""
    from datagazette.build.build import Options, publish_site
    from datagazette.build.steps import Reporter
    from datagazette.commands.revisions import refuse_tracked
    from datagazette.commands.stored import catalog_store

    console = Console(stderr=True, highlight=False)
    refuse_tracked(root, "build")
    options = Options(root.resolve(), out or root / "public", base_url, only, drafts, jobs, force, cluster,
                      skip_broken_drafts, asks_for_drafts(asked=fetch_drafts),
                      catalog_store(root, store_of) if store_of else None)  # fmt: skip
    built = publish_site(options, Reporter(console, lang, explain=explain))
    print_problems(built.problems, lang, console)
    print_remarks(built.remarks, lang, console, root)
    said: str = texts("cli", lang)["build"]["unchanged" if built.unchanged else "published"]
    click.echo(said.format(out=built.out, datasets=built.datasets, pages=built.pages))
    for line in size_lines(built.size, built.before, built.host, lang):
        click.echo(line)


@cli.command()
@common
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port on localhost; 0 for any free port.",
)
@click.option("--fetch-drafts", is_flag=True, help="Also fetch the data of drafts from the store.")
@click.option("--jobs", type=click.IntRange(1), help="Number of processes; by default one per core.")
def serve(root: Path, lang: str, port: int, fetch_drafts: bool, jobs: int | None) -> None:
    """Show the site with its drafts on localhost, and rebuild it when files change."""
    from datagazette.build.steps import Reporter
    from datagazette.commands.revisions import refuse_tracked
    from datagazette.commands.serve import serve_site

    refuse_tracked(root, "build")
    report = Reporter(Console(stderr=True, highlight=False), lang)
    serve_site(root.resolve(), port, jobs, report, fetch_drafts=asks_for_drafts(asked=fetch_drafts))


@cli.command()
@common
@click.argument("name")
@click.option("--changes", help="Description of the changes, in the first language of the publication.")
@click.option("--changes-en", help="Description of the changes in English.")
def release(root: Path, lang: str, name: str, changes: str | None, changes_en: str | None) -> None:
    """Check a dataset's draft, compare it with the last release, and record it permanently in the ledger.

    Without --changes, a description of the changes is written from the comparison.
    """
    from datagazette.commands.release import release_draft

    with working(lang, "release"):
        done = release_draft(root.resolve(), name, {"": changes or "", "en": changes_en or ""}, fetching(lang))
    ledger = f"datasets/{name}/releases.yaml"
    say = texts("cli", lang)["release"]
    key = "released" if done.is_new else "before"
    click.echo(say[key].format(name=name, version=done.version, ledger=ledger, day=done.day))
    if done.is_new and done.drafted:
        click.echo(say["changes"])
        for _, text in done.changes.values:
            click.echo(f"  {text}")
    if done.attributes:
        click.echo(say["attributes"])
    print_problems(done.doubtful, lang, Console(stderr=True, highlight=False))


@cli.command()
@common
@click.argument("dataset", required=False, default="")
@click.argument("version", required=False, default="")
def push(root: Path, lang: str, dataset: str, version: str) -> None:
    """Put tables into the store, which `store` in catalog.yaml names, instead of into git.

    With DATASET, the tables of its drafts; with VERSION, those of this version. Without, what git ignores, what has a
    SHA-256 in its descriptor, and drafts' tables from 50 MB on. What the store has already is not sent again.
    """
    from datagazette.commands.push import push as upload

    say = texts("cli", lang)["push"]
    console = Console(stderr=True, highlight=False)

    def report(content: Content) -> None:
        line = say["sending"].format(file=content.file, size=in_bytes(content.size or 0))
        console.print(line, soft_wrap=True, markup=False)

    done = upload(root.resolve(), dataset, version, report)
    for content, is_new in done.contents:
        line = say["new" if is_new else "there"]
        click.echo(line.format(file=content.file, size=in_bytes(content.size or 0), sha256=content.sha256))
    if not done.contents:
        click.echo(say["none"])
        return
    click.echo(say["total"].format(count=len(done.contents), size=in_bytes(done.new_bytes), address=done.address))
    for file in done.described:
        click.echo(say["described"].format(file=file))
    for file, lines in done.undescribed:
        click.echo(say["undescribed"].format(file=file, lines=lines))
    if done.ignored:
        click.echo(say["ignored"])
        for line in done.ignored:
            click.echo(f"  {line}")
    if done.tracked:
        click.echo(say["tracked"].format(files=shlex.join(done.tracked)))


@cli.command()
@common
@click.argument("names", nargs=-1, metavar="[DATASET ...]")
@click.option("--jobs", type=click.IntRange(1), help="Number of processes; by default one per core.")
def record(root: Path, lang: str, names: tuple[str, ...], jobs: int | None) -> None:
    """Add the hashes of published files to the ledgers, after checking that no value has changed.

    For use after an upgrade of a library or of this program. Exit status 1: values of a release would change.
    """
    from datagazette.commands.line_ends import restore_line_ends
    from datagazette.commands.release import record as add

    restored = restore_line_ends(root.resolve())
    if restored:
        said: str = texts("cli", lang)["record"]["line-ends"]
        click.echo(said.format(count=len(restored), first=restored[0]))
    with working(lang, "record"):
        found = add(root.resolve(), names, jobs, fetching(lang))
    for recorded in found:
        key = "added" if recorded.added else "imprint" if recorded.got_imprint else "unchanged"
        click.echo(texts("cli", lang)["record"][key].format(release=recorded.release.id, count=recorded.added))


@cli.command()
@common
@click.argument("names", nargs=-1, metavar="[DATASET ...]")
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File of the secret key of ssh-keygen or minisign, or of a public SSH key whose secret key an agent has.",
)
def sign(root: Path, lang: str, names: tuple[str, ...], key: Path | None) -> None:
    """Sign the SHA256SUMS of releases that have no valid signature, with a key that catalog.yaml lists.

    The program of the key signs: ssh-keygen or minisign. Without --key, the variable DATAGAZETTE_SIGNING_KEY may hold
    a secret key, or the path of its file; without both, the sums are written, and the commands that sign them are
    printed.
    """
    from datagazette.commands.sign import KEY_VARIABLE
    from datagazette.commands.sign import sign as make

    say = texts("cli", lang)["sign"]
    done = make(root.resolve(), names, key, os.environ.get(KEY_VARIABLE, ""))
    for each in done:
        about = {"release": each.release.id, "folder": each.folder}
        if each.key:
            line = say["signed" if each.is_new else "before"]
            about |= {"key": each.key.name, "fingerprint": each.key.fingerprint}
            click.echo(line.format(**about))
        else:
            click.echo(say["waiting"].format(**about))
    if any(each.key is None for each in done):
        click.echo(say["commands"])
        for each in (each for each in done if each.key is None):
            click.echo(f"  ssh-keygen -Y sign -n file -f KEY {shlex.quote(f'{each.folder}/SHA256SUMS')}")
    if any(each.is_new for each in done):
        click.echo(say["commit"])
    elif not done:
        click.echo(say["none"])


@cli.command()
@common
@click.argument("name", metavar="DATASET")
@click.argument("version")
@click.option("--reason", help="Why, for readers, in the first language of the publication.")
@click.option("--reason-en", help="The same in English.")
def withdraw(root: Path, lang: str, name: str, version: str, reason: str | None, reason_en: str | None) -> None:
    """Mark a release as not to be used, with the reason; its files and addresses stay.

    Pages, downloads, catalogues, citations and feeds then say so. A withdrawal cannot be undone.
    """
    from datagazette.commands.withdraw import find_release
    from datagazette.commands.withdraw import withdraw as mark

    say = texts("cli", lang)["withdraw"]
    root, reasons = root.resolve(), {"": reason or "", "en": reason_en or ""}
    _, release = find_release(root, name, version)
    if not any(reasons.values()) and not release.withdrawal and sys.stdin.isatty():
        for language in release.languages:
            reasons[language] = click.prompt(say["ask"].format(language=language), default="", show_default=False)
    done = mark(root, name, version, reasons)
    if not done.is_new:
        assert done.release.withdrawal is not None
        click.echo(say["before"].format(name=name, version=version, day=done.release.withdrawal.date))
        return
    click.echo(say["done"].format(name=name, version=version, ledger=f"datasets/{name}/releases.yaml"))
    hashes = "waiting" if done.fault else "later" if done.problems else "recorded"
    click.echo(say[hashes].format(name=name, count=done.added))
    click.echo(say["newest" if done.newest else "none"].format(name=name, version=done.newest and done.newest.version))
    if done.fault:
        raise done.fault
