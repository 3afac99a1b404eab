"""Address patterns, beside a slow reader of the specification, and how much one may cause."""

import re
from struct import pack
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.errors import CommandError
from emo_osc.protocol.address_patterns import MAX_MATCHES, MAX_PATTERN, MAX_PATTERNS, matching, spread
from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.osc import MAX_ELEMENTS, Message, decode, encode
from emo_osc.protocol.parsing import parse
from emo_osc.stage.io.sender_queues import SenderQueues

ADDRESSES = [address for address in ROUTES if "*" not in address]


def meaning(pattern: str) -> re.Pattern[str]:
    """The specification as a regular expression, part by part; only for short patterns, because it tries every way."""
    simple = {"?": "[^/]", "*": "[^/]*", "{": "(?:", "}": ")", ",": "|"}
    found = re.sub(
        r"\[(!?)([^]]*)\]|(.)",
        lambda m: _class(m[1], m[2]) if m[3] is None else simple.get(m[3], re.escape(m[3])),
        pattern,
    )
    return re.compile(found)


def _class(sign: str, inside: str) -> str:
    if not inside:
        return "[^/]" if sign else "(?!)"
    ranges = re.sub(
        r"(.)-(.)|(.)", lambda m: f"{re.escape(m[1])}-{re.escape(m[2])}" if m[1] else re.escape(m[3]), inside
    )
    return f"[{'^' if sign else ''}{ranges}]"


EXAMPLES = {
    "/emo/v?": ["/emo/va"],
    "/*/va": ["/emo/va"],
    "/emo/{valence,arousal}": ["/emo/valence", "/emo/arousal"],
    "/emo/va*": ["/emo/va", "/emo/valence", "/emo/va_unit"],
    "/emo/[a-t]empo": ["/emo/tempo"],
    "/emo/[!a-s]empo": ["/emo/tempo"],
    "/emo/[!x]a": ["/emo/va"],
    "/emo/[v-]a": ["/emo/va"],
    "/emo/[-v]a": ["/emo/va"],
    "/emo/{va,valence,va}": ["/emo/va", "/emo/valence"],
    "/emo/{,va}lence": ["/emo/valence"],
    "/emo/set/*_channel": ["/emo/set/chords_channel", "/emo/set/bass_channel"],
    "/emo/{start,stop}_listen/note": ["/emo/start_listen/note", "/emo/stop_listen/note"],
    "/emo/start_listen/[!a-z]": [],  # `*` among the names that are listened to is no pattern's business
    "/emo/va": ["/emo/va"],
    "/emo/*/": [],
    "//va": [],
    "/emo/{va": [],
    "/emo/[va": [],
    "/emo/{va/unit}": [],
    "emo/v?": [],
    "": [],
}


@pytest.mark.parametrize(("pattern", "addresses"), EXAMPLES.items(), ids=EXAMPLES.keys())
def test_a_pattern_matches_addresses(pattern: str, addresses: list[str]) -> None:
    assert list(matching(pattern)) == addresses


RANGES = st.tuples(st.sampled_from("aceglmnoqtv"), st.sampled_from("bdfhjknptvz")).filter(
    lambda ends: ends[0] <= ends[1]
)
PIECES = st.one_of(
    st.sampled_from(["?", "*", "a", "e", "va", "*en", "te?", "l"]),
    st.lists(st.sampled_from(["va", "mood", "t", "", "key", "a"]), min_size=1, max_size=3).map(
        lambda words: f"{{{','.join(words)}}}"
    ),
    st.lists(RANGES, min_size=1, max_size=2).map(lambda found: "[" + "".join(f"{a}-{b}" for a, b in found) + "]"),
    st.sampled_from(["[!a-m]", "[!va]", "[aeiou]"]),
)
HEADS = st.sampled_from(["/emo/", "/*/", "/emo/set/", "/emo/*et/", "/?mo/{set,get}/"])


@given(HEADS, st.lists(PIECES, max_size=4).map("".join))
def test_a_pattern_matches_as_the_specification_says(head: str, rest: str) -> None:
    wanted = meaning(head + rest)

    assert list(matching(head + rest)) == [address for address in ADDRESSES if wanted.fullmatch(address)]


@given(st.text("/emova*?[]{},!-", max_size=MAX_PATTERN + 5))
def test_any_text_is_a_pattern_or_none(text: str) -> None:
    assert set(matching("/" + text)) <= set(ADDRESSES)


COSTLY = (
    "/*/*/" + "*?" * 29,
    "/*/*/" + "*a" * 29,
    "/*/*/" + "*[!x]" * 11,
    "/*/*/" + "[!x-z]" * 9,
    "/*/*/" + "{,*}" * 14,
    "/*/*/*{" + "a," * 28 + "}",
    "/*/*/*{" + "," * 56 + "}",
    "/" + "*/" * 31,
    "/emo/" + "{" * 59,
    "/*/*/*[" + "a-z" * 18 + "]",
    "/" + "*" * 8000,
)


@pytest.mark.parametrize("pattern", COSTLY, ids=lambda pattern: pattern[:20])
def test_the_worst_pattern_takes_no_longer_than_some_hundred_messages(pattern: str) -> None:
    packet = encode("/emo/va", 0.5, 0.5)

    assert shortest_s(lambda: matching.__wrapped__(pattern)) < 2000 * shortest_s(lambda: decode(packet))


def shortest_s(do: object) -> float:
    assert callable(do)
    times = []
    for _ in range(20):
        start_s = perf_counter()
        do()
        times.append(perf_counter() - start_s)
    return min(times)


def test_messages_to_addresses_stay_as_they_are() -> None:
    messages = [Message("/emo/va", (0.5, 0.5)), Message("/emo/mood", ("bright",))]

    assert spread(messages) is messages


def test_a_pattern_becomes_a_message_for_each_address_at_its_place_and_time() -> None:
    messages = [Message("/emo/tap"), Message("/emo/{valence,arousal}", (0.5,), 9.0), Message("/emo/mood/calm?", (1,))]

    assert spread(messages) == [
        Message("/emo/tap"),
        Message("/emo/valence", (0.5,), 9.0),
        Message("/emo/arousal", (0.5,), 9.0),
        Message("/emo/mood/calm?", (1,)),
    ]


def test_what_a_datagram_may_cause_by_patterns_is_bounded() -> None:
    ten = Message("/emo/get/[b-d]*")
    assert 8 <= len(matching(ten.address)) <= MAX_MATCHES

    assert spread([Message("/emo/*")]) == [Message("/emo/*")]
    assert sum(each == ten for each in spread([ten] * (MAX_PATTERNS + 2))) == 2
    assert len(spread([Message("/emo/tap")] * (MAX_ELEMENTS - 5) + [ten] * 5)) == MAX_ELEMENTS


REFUSED = {
    "/emo/x?": (1, "no address matches"),
    "/emo/{va": (1, "no address matches"),
    "/emo/*": (4, "addresses match; at most 16 for a message"),
    "/" + "*" * 200: (1, "no address matches"),
}


@pytest.mark.parametrize(("pattern", "error"), REFUSED.items(), ids=lambda each: str(each)[:12])
def test_a_pattern_that_is_not_done_says_why(pattern: str, error: tuple[int, str]) -> None:
    with pytest.raises(CommandError, match=error[1]) as raised:
        parse(pattern, ())

    assert raised.value.code == error[0]


def test_what_a_pattern_asks_for_waits_as_messages_of_their_own() -> None:
    inbox = SenderQueues(lambda _: False)
    packet = encode("/emo/{valence,arousal}", 0.5)
    inbox.put(b"#bundle\0" + pack(">Qi", 1, len(packet)) + packet, ("10.0.0.2", 1), 0.0)
    waiting = [each.message for run in iter(lambda: inbox.take(8), None) for each in run.waiting]

    assert waiting == [Message("/emo/valence", (0.5,)), Message("/emo/arousal", (0.5,))]
    assert inbox.received == 2
