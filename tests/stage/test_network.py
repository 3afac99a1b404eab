"""The stage as a real process on a network that lies: floods, strangers, and names that would be paths."""

import ast
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from emo_osc.config.preset import OscSection
from emo_osc.config.preset_loading import parse_preset
from emo_osc.core.affect import MOODS
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.message_codec import encode as encode_line
from emo_osc.protocol.messages import Ready
from emo_osc.protocol.osc import Message, OscValue, decode, encode
from emo_osc.protocol.stage_setup import Report, Setup, StagePreset
from tests.serving import TIMEOUT_S

ROOT = Path(__file__).parents[2]
TOKENS = {"supervisor": "d" * 32, "studio": "s" * 32, "sound": "m" * 32}
FLOODS = ("drag", "bundles", "mixed", "instant", "mixed_100_ports", "mixed_10000_ports", "other_host_10000_ports")


class Stage:
    """A stage process and the line that keeps it alive."""

    def __init__(self, shelf: Path, host: str, allow: tuple[str, ...]) -> None:
        preset = StagePreset({"tempo": 240.0, "humanize": 0.0}, MOODS)
        setup = Setup(host, free_port(), "none", "", TOKENS, str(shelf), 1, True, "current", {"current": preset})
        command = [sys.executable, "-m", "emo_osc.stage.loop"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(replace(setup, allow=allow).to_json().encode())
        self.process.stdin.close()
        self.report = Report.from_json(self.process.stdout.readline())
        self.door = socket.create_connection(("127.0.0.1", self.report.hub), TIMEOUT_S)
        self.door.sendall(TOKENS["supervisor"].encode() + b"\n")
        self.clients: list[Client] = []

    def client(self, host: str = "127.0.0.1") -> "Client":
        self.clients.append(Client(host, self.report.osc_port))
        return self.clients[-1]

    def close(self) -> None:
        self.door.close()
        self.process.wait(TIMEOUT_S)
        for client in self.clients:
            client.socket.close()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Client:
    """A socket at an address of its own."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.settimeout(TIMEOUT_S)
        own = "127.0.0.1" if host.startswith("127.") else host  # who is asked at 127.0.0.9 answers from 127.0.0.1
        self.socket.connect((own, port))

    def send(self, address: str, *arguments: float | str) -> None:
        self.socket.send(encode(address, *arguments))

    def receive(self) -> Message:
        return decode(self.socket.recv(2048))[0]

    def ask(self, address: str, *arguments: float | str) -> tuple[OscValue, ...]:
        self.send(address, *arguments)
        return self.receive().arguments

    def ping(self, number: int) -> bool:
        """Whether this ping is answered."""
        return self._answered("/emo/ping", number, wanted=lambda message: message.arguments == (number,)) is not None

    def count(self, name: str) -> int:
        """A count that the stage keeps."""
        wanted = f"/emo/state/{name}"
        told = self._answered(f"/emo/get/{name}", wanted=lambda message: message.address == wanted)
        return int(str(told.arguments[0])) if told else 0

    def _answered(self, address: str, *arguments: int, wanted: Callable[[Message], bool]) -> Message | None:
        """The answer to a request; one that a full socket has lost is sent again after a second."""
        for _ in range(int(TIMEOUT_S)):
            self.send(address, *arguments)
            while select.select([self.socket], [], [], 1.0)[0]:
                if wanted(message := self.receive()):  # not a late answer to the one before
                    return message
        return None


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def on_stage(tmp_path: Path, ready: Callable[..., Ready]) -> Iterator[Callable[..., Stage]]:
    opened: list[Stage] = []
    shelf = tmp_path / "shelf.jsonl"
    shelf.write_bytes(encode_line(ready(60)) + encode_line(ready(72, 0.8, 0.35)))

    def open_stage(host: str = "127.0.0.1", allow: tuple[str, ...] = ()) -> Stage:
        opened.append(Stage(shelf, host, allow))
        return opened[-1]

    yield open_stage
    for stage in opened:
        stage.close()


def burst(client: Client, count: int) -> None:
    for number in range(count):
        client.send("/emo/va", number / count, 0.0)


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_starves_neither_a_polite_client_nor_the_notes(kind: str, on_stage: Callable[..., Stage]) -> None:
    stage = on_stage()
    polite, listener = stage.client(), stage.client()
    listener.ask("/emo/start_listen/note")
    command = [
        sys.executable,
        "-m",
        "emo_osc.evaluate.bench.bench_flood",
        kind,
        str(stage.report.osc_port),
        f"{TIMEOUT_S}",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as flooder:
        assert flooder.stdout is not None
        flooder.stdout.readline()
        answers = [polite.ping(number) for number in range(50)]
        while polite.count("received") < 1000:
            answers.append(polite.ping(len(answers)))
        note = listener.receive()
        is_flooding = flooder.poll() is None
        flooder.terminate()

    assert is_flooding
    assert all(answers)
    assert note.address == "/emo/note"


def test_of_a_burst_the_last_setting_is_done_and_acknowledged_and_all_are_counted(
    on_stage: Callable[..., Stage],
) -> None:
    client = on_stage().client()
    burst(client, 150)  # so many answers fit in a socket that nobody reads meanwhile
    client.send("/emo/get/va")
    acks = []
    while (said := client.receive()).address == "/emo/ack":
        acks.append(said.arguments)

    assert said.address == "/emo/state/va"
    assert acks[-1][3:] == said.arguments == decode(encode("/", 149 / 150, 0.0))[0].arguments
    assert len(acks) <= 150
    received, dropped = (client.ask(f"/emo/get/{name}")[0] for name in ("received", "dropped"))
    assert (received, dropped) == (152, 0)


def test_a_stranger_is_neither_read_nor_answered_but_counted_and_told_of(on_stage: Callable[..., Stage]) -> None:
    stage = on_stage("0.0.0.0", ("127.0.0.9",))
    stranger, named, own = stage.client("127.0.0.2"), stage.client("127.0.0.9"), stage.client()
    for address in ("/emo/panic", "/emo/tempo", "/emo/tempo"):
        stranger.send(address, 60)

    assert named.ask("/emo/get/strangers") == (3,)
    assert own.ask("/emo/get/tempo") == (240.0,)
    line = stage.door.makefile("rb").readline()
    assert b"OSC from 127.0.0.2 is not heard" in line
    stranger.socket.setblocking(False)
    with pytest.raises(BlockingIOError):
        stranger.socket.recv(100)


def test_an_open_stage_says_who_can_come_and_a_closed_one_has_nothing_to_say(on_stage: Callable[..., Stage]) -> None:
    opened, closed = on_stage("0.0.0.0", ("10.0.0.0/8",)), on_stage()

    assert [line for line in opened.report.lines if "OSC from" in line] == [
        "OSC from  this computer and 10.0.0.0/8 (osc.allow)"
    ]
    assert not [line for line in closed.report.lines if "OSC from" in line]


INSIDE = """
import socket, sys
from pathlib import Path
from tests.stage.test_network import Stage
stage = Stage(Path(sys.argv[1]), "0.0.0.0", ())
try:
    own, home, world = (stage.client(host) for host in ("127.0.0.1", "10.1.2.3", "192.0.2.1"))
    world.send("/emo/panic")
    print(home.ask("/emo/ping", 7), own.ask("/emo/get/strangers"))
finally:
    stage.close()
"""


def inside(program: str, folder: Path, ready: Callable[..., Ready]) -> str:
    """What a program says in a network namespace with two more addresses, a private one and one of the world."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("no unshare and ip here: apt-get install util-linux iproute2")
    shelf = folder / "shelf.jsonl"
    shelf.write_bytes(encode_line(ready(60)))
    hosts = " && ".join(f"ip addr add {host}/32 dev lo" for host in ("10.1.2.3", "192.0.2.1"))
    setting_up = f'ip link set lo up && {hosts} && exec "$@"'
    command = ["unshare", "-rn", "sh", "-c", setting_up, "sh", sys.executable, "-c", program, str(shelf)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=3 * TIMEOUT_S, check=False)
    if ended.returncode and "Traceback" not in ended.stderr:
        pytest.skip(f"no network of its own here: {ended.stderr.strip()}")
    assert not ended.returncode, ended.stderr
    return ended.stdout.split("\n")[0]


def test_only_private_networks_are_heard_where_nobody_is_named(tmp_path: Path, ready: Callable[..., Ready]) -> None:
    assert inside(INSIDE, tmp_path, ready) == "(7,) (1,)"


UNPROVEN = """
import sys
from pathlib import Path
from emo_osc.protocol.parameters import VALUES
from tests.stage.test_network import Stage, everything, question_of, wire_bytes
stage = Stage(Path(sys.argv[1]), "0.0.0.0", ())
try:
    home, own, same = (stage.client(host) for host in ("10.1.2.3", "127.0.0.1", "10.1.2.3"))
    home.send("/emo/status")
    whole = everything(home)
    home.send("/emo/start_listen/*")
    home.send("/emo/status")
    held = everything(home)
    own.send("/emo/status")
    print(len([one for one in whole if one.address != "/emo/ping"]) == len(everything(own)) == len(VALUES), end=" ")
    print(wire_bytes(whole + held) < 4096 + 3 * 150 + 68 + 300, question_of(whole) == question_of(held) != (), end=" ")
    home.send("/emo/stop_listen/*")
    home.send("/emo/pong", *question_of(held))
    home.ping(7)  # the answer comes after it was heard
    same.send("/emo/status")
    same.send("/emo/status")
    print(len(everything(same)) == 2 * len(VALUES))
finally:
    stage.close()
"""


def everything(client: Client) -> list[Message]:
    """What comes until nothing does for a while."""
    got: list[Message] = []
    while select.select([client.socket], [], [], 1.0)[0] and len(got) < 2000:
        got.append(client.receive())
    return got


def question_of(messages: list[Message]) -> tuple[OscValue, ...]:
    return next((message.arguments for message in messages if message.address == "/emo/ping"), ())


def wire_bytes(messages: list[Message]) -> int:
    texts = [[one for one in message.arguments if isinstance(one, int | float | str)] for message in messages]
    return sum(28 + len(encode(message.address, *text)) for message, text in zip(messages, texts, strict=True))


def test_a_host_that_may_not_be_the_sender_is_sent_little_until_it_answers(
    tmp_path: Path, ready: Callable[..., Ready]
) -> None:
    assert inside(UNPROVEN, tmp_path, ready) == "True True True True"


@pytest.mark.parametrize("text", ["10.0.0.300", "192.168.0.0/40", "my-tablet", ""])
def test_what_is_no_network_is_refused_by_the_preset(text: str) -> None:
    with pytest.raises(EmoOscError, match=r"club\.osc\.allow\.1: .*must be an address or a network"):
        parse_preset(f"osc: {{allow: [10.0.0.7, '{text}']}}", "club")


def test_loopback_is_the_default_and_a_list_reaches_the_stage() -> None:
    assert (OscSection().host, OscSection().allow) == ("127.0.0.1", ())
    assert parse_preset("osc: {allow: [10.0.0.7]}", "club").osc.allow == ("10.0.0.7",)


PATHS = ["../../etc/passwd", "/etc/passwd", "..\\..\\x", "~/x", "file:///etc/passwd", "current.yaml", "\n", "x" * 64]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_is_taken_from_the_network(path: str, on_stage: Callable[..., Stage]) -> None:
    client = on_stage().client()

    assert client.ask("/emo/preset", path)[0] == 3
    assert client.ask("/emo/recall", path)[0] in (2, 3)
    assert client.ask("/emo/get/preset") == ("current",)


FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}


@pytest.mark.parametrize("path", sorted((ROOT / "emo_osc").rglob("*.py")), ids=lambda path: path.stem)
def test_nothing_is_unpickled_and_no_text_becomes_code(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    modules |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}

    assert not FORBIDDEN_MODULES & modules
    assert not FORBIDDEN_CALLS & names
    for call in calls:
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) in ("torch.load", "np.load", "numpy.load"):
            kept = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            assert kept.get("weights_only") == "True" or kept.get("allow_pickle", "False") == "False"
            assert ast.unparse(call.func) != "torch.load" or kept.get("weights_only") == "True"
