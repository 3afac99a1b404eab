"""Tables of figures, printed or written as JSON."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from emo_osc.core.errors import EmoOscError

WIDTH = 200  # columns, where output goes to a file
Row = Mapping[str, float]
Tables = Mapping[str, Mapping[str, Row]]


def table_console() -> Console:
    """A console as wide as the terminal, or 200 columns where output is redirected."""
    return Console(width=None if sys.stdout.isatty() else WIDTH)


def show(tables: Tables, console: Console | None = None) -> None:
    """Print every table; a missing figure is an empty cell."""
    console = console or table_console()
    for title, table in tables.items():
        columns = list(dict.fromkeys(name for row in table.values() for name in row))
        grid = Grid("", *columns, title=title, title_justify="left")
        for name, row in table.items():
            grid.add_row(name, *(cell(column, row[column]) if column in row else "" for column in columns))
        console.print(grid)


def cell(column: str, value: float) -> str:
    """A figure as text; under `met` it is "met" or "missed".

    >>> cell("met", 1.0), cell("met", 0.0), cell("at_least", 0.95)
    ('met', 'missed', '0.95')
    """
    if column == "met":
        return "met" if value else "missed"
    return f"{value:.4g}" if abs(value) >= 1e-9 else "0"


def write(tables: Tables, path: Path) -> None:
    """Write tables as JSON: title -> row -> column -> figure.

    Raises:
        EmoOscError: the file cannot be written.
    """
    try:
        path.write_text(json.dumps(tables, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another file") from None
