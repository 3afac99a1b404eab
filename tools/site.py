"""What the site's builder asks of us (a hook of mkdocs.yml): links that leave docs/ become names; there they end."""

import re
from typing import Any

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """A page's text as the site shows it.

    >>> on_page_markdown("See [the card](../checkpoints/) and [moods](moods.md).", None)
    'See the card and [moods](moods.md).'
    """
    is_deeper = page is not None and "/" in page.file.src_uri
    return markdown if is_deeper else _OUTSIDE.sub(r"\1", markdown)
