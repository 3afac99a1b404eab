"""`emo-osc monitor`: shows a running daemon in a terminal, by `monitor_screen` or line by line."""

from collections.abc import Callable
from time import perf_counter

from rich.console import Console, RenderableType
from rich.live import Live

from emo_osc.clients.keys import Wait, keys
from emo_osc.clients.monitor_screen import COUNTED, View, draw, summary
from emo_osc.clients.subscription import Listener
from emo_osc.core.errors import EmoOscError

TOPICS = ("state", "note", "bar", "latency")
FRAME_S, LINE_S, COUNT_S = 0.1, 1.0, 2.0
ONCE_S = 3.0  # a busy machine may take long to answer
END_KEYS = "qQ\x1b"


def monitor(host: str, port: int, *, once: bool = False, console: Console | None = None) -> None:
    """Shows a daemon until `q` or ctrl-C; with `once` a single picture, as soon as it is complete.

    A terminal that cannot be drawn on, a pipe or a file gets a line a second.

    Raises:
        EmoOscError: no such host; with `once` also: nobody answered.
    """
    console = console or Console()
    show = _picture if once else _film if console.is_interactive else _lines
    view, listener = View(f"{host}:{port}", "" if once else "q ends"), Listener(host, port, TOPICS)
    try:
        show(view, listener, console)
    finally:
        listener.close()


def _picture(view: View, listener: Listener, console: Console) -> None:
    until_s = perf_counter() + ONCE_S
    with keys() as wait:
        while not view.is_whole and perf_counter() < until_s:
            _hear(view, listener)
            wait(listener.socket, FRAME_S)
    if not view.values:
        raise EmoOscError(f"{view.place} did not answer within {ONCE_S:g} s; start it with: emo-osc serve")
    console.print(_drawn(view, perf_counter(), console))


def _film(view: View, listener: Listener, console: Console) -> None:
    with keys() as wait, Live(console=console, screen=True, auto_refresh=False, transient=True) as live:
        _watch(
            view,
            listener,
            wait,
            FRAME_S,
            lambda now_s: live.update(_drawn(view, now_s, console), refresh=True),
        )


def _lines(view: View, listener: Listener, console: Console) -> None:
    def tell(_: float) -> None:
        line = summary(view) if view.is_answered else f"{view.place} does not answer; trying again"
        console.print(line, soft_wrap=True, markup=False, highlight=False)

    with keys() as wait:
        _watch(view, listener, wait, LINE_S, tell)


def _watch(view: View, listener: Listener, wait: Wait, every_s: float, show: Callable[[float], None]) -> None:
    """Listen, and show what is known so often, until somebody presses `q`."""
    shown_s = counted_s = 0.0
    while True:
        _hear(view, listener)
        now_s = perf_counter()
        if now_s - shown_s >= every_s:
            shown_s = now_s
            show(now_s)
        if view.is_answered and now_s - counted_s >= COUNT_S:
            counted_s = now_s
            for name in COUNTED:
                listener.send(f"/emo/get/{name}")
        if any(key in END_KEYS for _, key in wait(listener.socket, max(0.0, shown_s + every_s - now_s))):
            return


def _hear(view: View, listener: Listener) -> None:
    for at_s, message in listener.receive():
        view.hear(at_s, message)
    view.is_answered = listener.is_answered
    if view.is_answered and not view.delays:
        listener.send("/emo/latency")


def _drawn(view: View, now_s: float, console: Console) -> RenderableType:
    return draw(view, now_s, console.width, console.height, is_ascii=console.options.ascii_only)
