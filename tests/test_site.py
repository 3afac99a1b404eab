"""The pages as a site: every page is in it, every link leads somewhere, and nothing is asked of anybody else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[1]
LOADING = {"script": "src", "img": "src", "link": "href", "source": "src", "iframe": "src"}  # tag -> what it loads


class Links(HTMLParser):
    """What a page loads, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded, self.led = list[str](), list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in LOADING and (address := told.get(LOADING[tag])):
            self.loaded.append(address)
        if tag == "a" and (address := told.get("href")):
            self.led.append(address)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=quiet, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def pages(site: Path) -> Iterator[tuple[Path, Links]]:
    for path in site.rglob("*.html"):
        if path.name != "404.html":  # whose links begin at the root of a server
            yield path, Links(path.read_text(encoding="utf-8"))


def test_every_page_is_in_it(site: Path) -> None:
    written = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}

    assert written <= {path.relative_to(site) for path, _ in pages(site)}


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    foreign = {(path.name, link) for path, links in pages(site) for link in links.loaded if urlsplit(link).netloc}

    assert not foreign


def test_every_link_leads_to_a_file_of_the_site(site: Path) -> None:
    lost = set[tuple[str, str]]()
    for path, links in pages(site):
        for link in (*links.led, *links.loaded):
            parts = urlsplit(link)
            if not parts.scheme and parts.path and not (path.parent / unquote(parts.path)).exists():
                lost.add((path.name, link))

    assert not lost
