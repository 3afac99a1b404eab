"""max_patches/emo_osc.maxpat: everything that the daemon understands, in one window.

What has no control of its own is typed into the line at the bottom. Every control ends in `s emo_osc_out`; another
patch may say `s emo_osc_out` too.
"""

from emo_osc.config.preset import OscSection
from emo_osc.core.affect import MOODS
from emo_osc.protocol.parameters import VALUES
from tools.patches.max_controls import RENEW_MS, answer, buttons, field, greeting, menu, number, pad, prove
from tools.patches.maxpat import Patch

REPLY_PORT = 7771  # Max listens here
TRANSPORT = ("play", "continue", "stop", "next", "again", "mutate", "keep", "learn", "forget", "tap", "panic")
MENUS = ("quantize", "key", "scale")
FIELDS = ("keep", "recall", "preset", "midi/learn", "midi/forget")  # names
STATES = ("mood", "studio", "midi_out")  # shown as they change
LISTEN = ("state", "bar")
BY_HAND = {
    "/emo/va/unit": "the pad sends -1..1",
    "/emo/va_unit": "the pad sends -1..1",
    "/emo/valence": "the pad sends both axes",
    "/emo/arousal": "the pad sends both axes",
    "/emo/accompany": "typed: now and then, for a phrase that one keeps",
    "/emo/goto": "typed: /emo/goto bright 8",
    "/emo/ping": "answers alone tell whether the daemon is there",
    "/emo/status": "listening to state tells every value",
    "/emo/latency": "for `emo-osc monitor` and the pad in a browser",
    "/emo/latency/spread": "for `emo-osc bench` and programs that draw it",
    "/emo/latency_spread": "for `emo-osc bench` and programs that draw it",
    "/emo/crowd/count": "sent by emo-osc crowd",
    "/emo/crowd/spread": "sent by emo-osc crowd",
    "/emo/version": "typed",
}
"""Addresses that have no control of their own here, and why; the line at the bottom sends any of them."""


def numbers() -> tuple[str, ...]:
    """The values that get a number box: every one with a range, but for the axes of the pad."""
    ranged = (name for name, value in VALUES.items() if value.is_mappable and value.arguments[0].kind != "s")
    return tuple(name for name in ranged if name not in ("valence", "arousal"))


def build() -> Patch:
    """The whole patch, with the ports that a preset has by default."""
    patch = Patch("emo_osc", (60, 90, 760, 700))
    for text, shown in (
        ("emo_osc: a feeling becomes a melody. Start the daemon first: emo-osc serve", (20, 12, 520, 20)),
        ("excited", (20, 48, 100, 20)),
        ("calm", (20, 354, 100, 20)),
        ("unpleasant <-> pleasant", (150, 354, 150, 20)),
        ("moods", (340, 48, 100, 20)),
    ):
        patch.comment(text, shown)
    connection(patch, OscSection())
    pad(patch, (20, 70, 280, 280))
    buttons(patch, [(mood.id, f"/emo/mood {mood.id}") for mood in MOODS], (340, 70, 394, 26), 4)
    buttons(patch, [(name, f"/emo/{name}") for name in TRANSPORT], (340, 204, 402, 30), 6)
    for column, name in enumerate(MENUS):
        menu(patch, name, VALUES[name].arguments[0], (340 + column * 136, 278, 124, 44))
    for column, name in enumerate(FIELDS):
        row, place = divmod(column, 3)
        field(patch, f"{name}: a name", f"/emo/{name}", (340 + place * 136, 328 + row * 312, 124, 44))
    for index, name in enumerate(numbers()):
        row, column = divmod(index, 8)
        number(patch, name, VALUES[name].arguments[0], (20 + column * 91, 384 + row * 48, 85, 44))
    field(patch, "any message: /emo/goto bright 8, Enter", "", (20, 640, 300, 44))
    _answers(patch)
    return patch


def connection(patch: Patch, osc: OscSection) -> None:
    """The way to the daemon, and the greeting that asks for what it tells."""
    text = greeting(LISTEN, str(REPLY_PORT))
    x, y = patch.block(24 + 7 * len(text), 190)
    start = patch.object("loadmess 1", (x, y))
    metro = patch.object(f"metro {RENEW_MS}", (x, y + 30), (2, 1))
    patch.chain(start, metro, patch.message(text, (x, y + 60)), patch.out((x, y + 90)))
    receive = patch.object(f"r {patch.bus}_out", (x, y + 130), (0, 1))
    patch.chain(receive, patch.object(f"udpsend {osc.host} {osc.port}", (x, y + 160), (1, 0)))


def _answers(patch: Patch) -> None:
    shown = ("/emo/error", "/emo/ack", "/emo/bar", *(f"/emo/state/{name}" for name in STATES))
    followed = ("va", *MENUS, *numbers())
    heard = (*shown, *(f"/emo/state/{name}" for name in followed))
    text = f"route {' '.join(heard)}"
    x, y = patch.block(24 + 7 * len(text), 60)
    receive = patch.object(f"udpreceive {REPLY_PORT}", (x, y))
    route = patch.object(text, (x, y + 30), (1 + len(heard), 1 + len(heard)))
    patch.chain(receive, route)
    prove(patch, receive, patch.out(patch.block(110, 22)))
    for index, address in enumerate(shown):
        source, outlet = _not_our_own(patch, route, index) if address == "/emo/ack" else (route, index)
        column, row = divmod(index, 3)
        place = (20 + column * 360, 546 + row * 28, 350, 22)
        answer(patch, address.rsplit("/", 1)[1], source, outlet, place)
    for index, name in enumerate(followed):
        at = patch.block(24 + 7 * len(f"s {patch.bus}_{name}"), 22)
        patch.cord(route, len(shown) + index, patch.object(f"s {patch.bus}_{name}", at, (1, 0)), 0)


def _not_our_own(patch: Patch, route: str, outlet: int) -> tuple[str, int]:
    """The patch's own greetings are answered every 20 s; a player's commands matter."""
    own = ("/emo/reply_to", *(f"/emo/start_listen/{name}" for name in LISTEN))
    text = f"route {' '.join(own)}"
    rest = patch.object(text, patch.block(24 + 7 * len(text), 22), (1 + len(own), 1 + len(own)))
    patch.cord(route, outlet, rest, 0)
    return rest, len(own)
