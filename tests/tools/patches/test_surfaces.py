"""The page that says what can be reached from where: every address, and nothing that is not so."""

from pathlib import Path

import pytest

from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.parameters import VALUES
from tools.patches.__main__ import files
from tools.patches.max_desk import BY_HAND
from tools.patches.surfaces import FAMILIES, SURFACES, page

ROOT = Path(__file__).parents[3]
FILES = files()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in page(FILES).splitlines()
    if line.startswith("| `/")
]
HEAD = next(line for line in page(FILES).splitlines() if line.startswith("| address"))
COLUMNS = [cell.strip() for cell in HEAD.strip("|").split("|")][1:]


def cells(address: str) -> dict[str, str]:
    row = next(row for row in ROWS if row[0] == f"`{address}`")
    return dict(zip(COLUMNS, row[1:], strict=True))


def test_every_command_and_every_value_has_its_row() -> None:
    shown = {row[0].strip("`") for row in ROWS}
    own = {address for address in ROUTES if address.split("/")[2] not in FAMILIES}
    values = {v.name for v in VALUES.values() if v.is_settable and f"/emo/{v.name}" not in ROUTES}

    assert own | {f"/emo/set/{name}" for name in values} <= shown
    assert [name for name, _ in SURFACES] == COLUMNS


@pytest.mark.parametrize("address", BY_HAND)
def test_what_max_types_is_told_so(address: str) -> None:
    assert cells(address)["Max"] == "typed"


@pytest.mark.parametrize("address", ["/emo/va", "/emo/mood"])
def test_a_feeling_can_be_called_from_everywhere(address: str) -> None:
    assert set(cells(address).values()) == {"●"}


def test_what_a_file_does_not_hold_is_not_claimed() -> None:
    emptied = {name: b"" if name.endswith("emo_osc.amxd") else content for name, content in FILES.items()}
    live = COLUMNS.index("Live")
    rows = [line.strip("|").split("|") for line in page(emptied).splitlines() if line.startswith("| `/")]

    assert {row[1 + live].strip() for row in rows} == {""}
    assert cells("/emo/key")["Live"] == "●"
