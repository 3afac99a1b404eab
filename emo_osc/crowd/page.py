"""The phones' page for other web servers, and its link as text and as a picture."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from urllib.parse import quote, urlsplit

import segno

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small, reason_of, write_whole

SURFACE = Path(__file__).parents[1] / "surface"
SHARED = ("static/colours.js",)
"""Files of the pad that the page needs too."""
MAX_FILE_BYTES = 1 << 20


def write_page(folder: Path) -> str:
    """Write the page's files into a folder, which is made where there is none; a line that says what was written.

    Raises:
        EmoOscError: the folder cannot be written.
    """
    paths = [*sorted((SURFACE / "audience").iterdir()), *(SURFACE / name for name in SHARED)]
    try:
        for path in paths:
            write_whole(folder / path.name, read_small(path, MAX_FILE_BYTES))
    except OSError as error:
        raise EmoOscError(
            f"--write-page {folder}: cannot be written ({reason_of(error)}); name another folder"
        ) from None
    return f"{folder}: {len(paths)} files; open index.html there by any web server, as in --link"


def link_lines(url: str, show: str) -> Iterator[str]:
    """The page's link for a show, and a picture of it for cameras.

    >>> next(link_lines("http://192.168.0.5:7780/audience/", "club"))
    'page      http://192.168.0.5:7780/audience/#show=club'

    Raises:
        EmoOscError: it is no address of a page.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise EmoOscError(f"--link {url}: no address of a page; write http://HOST/ or https://HOST/")
    link = f"{url}{'&' if parts.fragment else '#'}show={quote(show, safe='')}"
    yield f"page      {link}"
    out = StringIO()
    segno.make(link, error="l", micro=False).terminal(out, border=2, compact=True)
    yield out.getvalue().rstrip("\n")
