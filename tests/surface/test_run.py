"""What people are told when the pad opens: its link, and a picture of it that a camera reads."""

import pytest
import segno

from emo_osc.surface.guard import Guard
from emo_osc.surface.run import lines, link, picture
from emo_osc.surface.setup import WebSetup


def setup(host: str) -> WebSetup:
    return WebSetup(host, 7780, "127.0.0.1", 7770, 1, "x")


@pytest.mark.parametrize(
    ("host", "token", "shown"),
    [
        ("127.0.0.1", "", "http://127.0.0.1:7780/"),
        ("192.168.0.5", "a-token", "http://192.168.0.5:7780/?token=a-token"),
        ("::1", "", "http://[::1]:7780/"),
    ],
)
def test_the_link_names_the_host_and_the_token(host: str, token: str, shown: str) -> None:
    assert link(setup(host), Guard(host, token)) == shown


def test_a_picture_comes_where_others_may_open_it_and_only_there() -> None:
    told = list(lines(setup("192.168.0.5"), Guard("192.168.0.5", "a-token")))

    assert told[1:] == [picture("http://192.168.0.5:7780/?token=a-token")]
    assert len(list(lines(setup("127.0.0.1"), Guard("127.0.0.1")))) == 1


def test_the_picture_holds_the_link() -> None:
    text = "http://192.168.0.5:7780/?token=abcdefghijklmnop"
    rows = picture(text).splitlines()
    upper = [[mark in "█▀" for mark in row] for row in rows]
    lower = [[mark in "█▄" for mark in row] for row in rows]
    light = [row for pair in zip(upper, lower, strict=True) for row in pair]
    code = segno.make(text, error="l", micro=False)
    size = len(code.matrix)

    assert [[not dot for dot in row[2 : size + 2]] for row in light[2 : size + 2]] == [
        [bool(dot) for dot in row] for row in code.matrix
    ]
