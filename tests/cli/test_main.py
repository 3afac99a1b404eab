"""The command line: quick, lean, and answering a user's mistake with one line and exit code 2."""

import ast
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Thread

import click
import mido
import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder
from rich.console import Console

from emo_osc import __version__
from emo_osc.cli import main as cli
from emo_osc.cli.doctor import PARTS
from emo_osc.clients.send import exchange, typed
from emo_osc.config.preset import Preset
from emo_osc.config.preset_loading import parse_preset
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody, Note
from emo_osc.evaluate.report import show, write
from emo_osc.protocol.messages import Measured
from emo_osc.render.offline import play, takes
from emo_osc.studio.canned import Canned, build
from emo_osc.studio.generators import Composed
from tests.serving import TIMEOUT_S

ROOT = Path(__file__).parents[2]
Captured = pytest.CaptureFixture[str]


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, check=True)


def refused(capsys: Captured, *arguments: str) -> str:
    """The one line a wrong command line is answered with."""
    assert cli.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err.removeprefix("emo-osc: ").strip()


def shelf() -> Canned:
    return build(Preset().generator)


def test_help_imports_no_torch_and_no_driver() -> None:
    heavy = {"torch", "numpy", "rtmidi", "pydantic", "pythonosc", "matplotlib", "sounddevice", "asyncio"}
    program = (
        "import sys; from emo_osc.cli.main import main; code = main(['--help']);"
        f"print(code, *sorted({heavy!r} & sys.modules.keys()), file=sys.stderr)"
    )
    done = run_python("-c", program)

    assert done.stderr.split() == ["0"]
    assert all(name in done.stdout for name in cli.commands.commands)


def test_the_instrument_starts_without_the_libraries_that_only_composing_needs() -> None:
    program = "import sys, emo_osc.supervisor.daemon; print({'torch', 'numpy'} & sys.modules.keys(), file=sys.stderr)"

    assert run_python("-c", program).stderr.strip() == "set()"


def test_help_loads_little_more_than_the_library_it_is_written_with() -> None:
    def loaded(program: str) -> int:
        return int(run_python("-c", f"import sys; {program}; print(len(sys.modules), file=sys.stderr)").stderr)

    plain = loaded("import click")
    ours = loaded("from emo_osc.cli.main import main; main(['--help'])")
    assert ours < 2.0 * plain


def names_of(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*before, name)
        if isinstance(command, click.Group):
            yield from names_of(command, (*before, name))


@pytest.mark.parametrize("names", list(names_of(cli.commands)), ids=" ".join)
def test_every_command_explains_itself(capsys: Captured, names: tuple[str, ...]) -> None:
    assert cli.main([*names, "--help"]) == 0
    said = capsys.readouterr().out

    assert f"Usage: emo-osc {' '.join(names)}" in said
    assert said.splitlines()[2].strip()


def test_a_terminal_that_lacks_letters_shows_them_spelled_out(tmp_path: Path) -> None:
    (tmp_path / "밝음.yaml").write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "emo_osc", "check", "밝음.yaml"]
    poor = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, env=poor, cwd=tmp_path, check=False)

    assert (done.stdout, done.stderr, done.returncode) == ("\\ubc1d\\uc74c.yaml: good\n", "", 0)


def test_the_version_is_told(capsys: Captured) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"emo-osc, version {__version__}\n"


def test_no_command_is_answered_with_help(capsys: Captured) -> None:
    assert cli.main([]) == 2
    assert "Commands:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("chek", "No such command 'chek'"),
        ("serve --tempoo 3", "No such option"),
        ("serve --clock sundial", "Invalid value for '--clock'"),
        ("serve --preset clbu", "no preset 'clbu', did you mean 'club'?; presets are ambient, cinema, club, default"),
        ("serve --preset gone.yaml", "gone.yaml: cannot be read"),
        ("serve --tempo 900", "command line.clock.tempo: input should be less than or equal to 300, got 900.0"),
        (
            "serve --generator bach",
            "command line.generator.name: no generator 'bach'; generators are canned, music_transformer, music_vae",
        ),
        ("serve --osc-port 99999", "command line.osc.port: input should be less than or equal to 65535"),
        ("serve --record /nowhere/a.mid", "--record: /nowhere/a.mid cannot be written (No such file or directory)"),
        ("serve --log /nowhere/a.jsonl", "--log: /nowhere/a.jsonl cannot be written (No such file or directory)"),
        ("render --mood bright", "Missing option '-o' / '--out'"),
        ("render --mood brihgt -o x.mid", "--mood: no mood 'brihgt', did you mean 'bright'?"),
        ("render --va 2 0 -o x.mid", "--va: valence must be in [-1, 1], got 2.0"),
        ("render --va 1 0 --mood bright -o x.mid", "--mood and --va: name one of them"),
        ("render --bars 17 -o x.mid", "Invalid value for '--bars'"),
        ("check", "name a preset to check"),
        ("send emo/va 1 1", "emo/va: an OSC address begins with '/'"),
        ("import-magenta gone.tar -o x.safetensors", "gone.tar"),
        ("train vae --data nowhere --out x", "nowhere"),
    ],
)
def test_a_users_mistake_is_one_line(
    capsys: Captured, line: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert said in refused(capsys, *line.split())
    assert list(tmp_path.glob("*.mid")) == []


def test_a_fault_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emo_osc.config.preset_loading.load_preset", lambda name: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        cli.main(["check", "default"])


def test_good_presets_are_told_and_bad_ones_listed(capsys: Captured, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("moods: {joy: {valance: 1, arousal: 0}}\nclock: {tempo: 5}", encoding="utf-8")

    assert cli.main(["check", "default", "ambient"]) == 0
    assert capsys.readouterr().out == "default: good\nambient: good\n"
    assert cli.main(["check", str(bad), "club", "nope"]) == 2
    said = capsys.readouterr()
    assert said.out == "club: good\n"
    assert f"{bad}.moods.joy.valance: unknown key, did you mean 'valence'?; {bad}.clock.tempo: " in said.err
    assert "no preset 'nope'" in said.err


def test_checking_loads_no_torch_and_opens_no_port() -> None:
    program = (
        "import sys; from emo_osc.cli.main import main; main(['check', 'default']);"
        "print(*sorted({'torch', 'rtmidi', 'sounddevice'} & sys.modules.keys()))"
    )

    assert run_python("-c", program).stdout == "default: good\n\n"


def test_the_schema_is_printed_as_it_ships(capsys: Captured) -> None:
    assert cli.main(["check", "--schema"]) == 0
    assert capsys.readouterr().out == (ROOT / "presets" / "emo_osc.schema.json").read_text(encoding="utf-8")


# In a process of their own: PortAudio aborts a process that outlives the JACK server it has once seen.


def test_ports_lists_every_kind_of_device() -> None:
    said = run_python("-m", "emo_osc", "ports")

    assert "outputs:" in said.stdout
    assert "torch devices:\n  cpu\n" in said.stdout
    assert said.stderr == ""


def test_the_doctor_looks_at_every_part_and_always_answers() -> None:
    found = run_python(
        "-c", "from emo_osc.cli import doctor; print([[f.part, bool(f.found)] for f in doctor.examine()])"
    )
    assert ast.literal_eval(found.stdout) == [[part, True] for part in PARTS]
    assert "real-time priority" in run_python("-m", "emo_osc", "doctor").stdout


@contextmanager
def answering(*replies: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A socket that hears one datagram and sends the replies; its port and what it heard."""
    heard: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(TIMEOUT_S)

        def answer() -> None:
            datagram, client = server.recvfrom(2000)
            heard.append(datagram)
            for reply in replies:
                server.sendto(reply, client)

        thread = Thread(target=answer)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join()


def osc(address: str, *arguments: str | float) -> bytes:
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return bytes(builder.build().dgram)


def test_send_types_its_arguments_and_prints_the_replies(capsys: Captured) -> None:
    with answering(osc("/emo/ack", "/emo/va", 3, 412.5), b"nonsense", osc("/emo/state/mood", "밝음")) as (port, heard):
        assert cli.main(["send", "/emo/va", "-0.5", "1", "--port", str(port), "--wait", "2"]) == 0

    message = OscMessage(heard[0])
    assert (message.address, message.params) == ("/emo/va", [-0.5, 1])
    assert capsys.readouterr().out.splitlines() == [
        "/emo/ack /emo/va 3 412.5",
        "(a reply that is not OSC)",
        "/emo/state/mood 밝음",
    ]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("0.5", 0.5),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        ("bright", "bright"),
        ("1/16", "1/16"),
        ("", ""),
        ("nan", "nan"),
        ("inf", "inf"),
        ("밝음", "밝음"),
    ],
)
def test_a_word_becomes_the_narrowest_type(word: str, value: object) -> None:
    assert typed(word) == value
    assert type(typed(word)) is type(value)


def test_a_daemon_that_asks_whether_it_is_heard_is_answered_and_nobody_need_read_it() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        lines = exchange("127.0.0.1", server.getsockname()[1], "/emo/status", (), 10.0)
        heard: list[bytes] = []

        def answer() -> None:
            for reply in (osc("/emo/ping", 123_456_789), osc("/emo/version", "1")):
                datagram, client = server.recvfrom(2000)
                heard.append(datagram)
                server.sendto(reply, client)

        thread = Thread(target=answer)
        thread.start()
        line = next(lines)
        lines.close()  # type: ignore[attr-defined]
        thread.join()

    assert (heard[1], line) == (osc("/emo/pong", 123_456_789), "/emo/version 1")


def test_a_first_reply_may_be_later_than_the_time_to_listen() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        lines = exchange("127.0.0.1", server.getsockname()[1], "/emo/mutate", (), 0.0, 10.0)

        def answer() -> None:
            _, client = server.recvfrom(2000)
            for bar in (1, 2):
                server.sendto(osc("/emo/ack", "/emo/mutate", bar), client)

        thread = Thread(target=answer)
        thread.start()
        heard = list(lines)
        thread.join()

    assert heard == ["/emo/ack /emo/mutate 1"]


def test_a_silent_daemon_is_told(capsys: Captured) -> None:
    with answering() as (port, _):
        said = refused(capsys, "send", "/emo/ping", "--port", str(port), "--wait", "0.05")

    assert said == f"127.0.0.1:{port} did not answer within 0.05 s; is that the port of emo-osc serve?"


def test_nobody_there_is_told_with_the_command_that_helps() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]

    with pytest.raises(EmoOscError, match=f"nothing listens on 127.0.0.1:{port}; start it with: emo-osc serve"):
        list(exchange("127.0.0.1", port, "/emo/ping", (), 5.0))


@pytest.mark.parametrize("host", ["", "no.such.host.invalid", "::1"])
def test_a_host_that_does_not_exist_is_told(host: str) -> None:
    with pytest.raises(EmoOscError, match=r"cannot be reached|nothing listens"):
        list(exchange(host, 7770, "/emo/ping", (), 0.01))


def test_the_same_seed_renders_the_same_bytes(capsys: Captured, tmp_path: Path) -> None:
    command = ["render", "--mood", "밝음", "--generator", "canned", "--bars", "4", "--count", "2", "--seed"]
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        files = [f"--{kind}={tmp_path / name}.{kind}" for kind in ("wav", "json")]
        assert cli.main([*command, seed, "-o", str(tmp_path / f"{name}.mid"), *files]) == 0

    assert "bright (+0.80 +0.35); 2 x 4 bars" in capsys.readouterr().out
    for kind in ("mid", "wav", "json"):
        a, b, c = ((tmp_path / f"{name}.{kind}").read_bytes() for name in "abc")
        assert a == b != c


def test_a_rendered_file_has_the_asked_length_tempo_and_paired_notes(tmp_path: Path) -> None:
    path = tmp_path / "x.mid"
    assert cli.main(["render", "--va", "-0.5", "0.8", "--generator", "canned", "--tempo", "90", "-o", str(path)]) == 0
    file = mido.MidiFile(path)

    kinds = [message.type for message in file if message.type.startswith("note")]
    assert kinds == ["note_on", "note_off"] * (len(kinds) // 2)
    assert file.length == pytest.approx(16 * 4 * 60 / 90)
    assert any(message.is_cc(74) for message in file)


def test_the_json_holds_what_sounds(tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    command = ["render", "--mood", "gloomy", "--mood", "lively", "--generator", "canned", "--seed", "1"]
    assert cli.main([*command, "-o", str(tmp_path / "x.mid"), "--json", str(out)]) == 0
    told = json.loads(out.read_text(encoding="utf-8"))

    assert (told["seed"], told["tempo"], told["ticks_per_beat"]) == (1, 110.0, 480)
    gloomy, lively = told["melodies"]
    assert gloomy["affect"] == {"valence": -0.8, "arousal": -0.15}
    assert {"notes_per_bar", "mean_pitch", "major_share"} == lively["measured"].keys()
    assert Melody(tuple(Note(*note) for note in gloomy["notes"])) == Melody.from_midi(tmp_path / "x.mid")


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    path = tmp_path / "tune.mid"
    Melody(tuple(Note(480 * beat, 480, 60 + beat % 5) for beat in range(12)), 3).to_midi(80.0).save(path)
    return path


def test_a_melody_is_rendered_at_its_own_length_and_tempo(tune: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "x.mid"
    command = ["render", "--melody", str(tune), "--va", "-0.9", "0.5", "--preset", "duet", "--generator", "canned"]

    assert cli.main([*command, "-o", str(out)]) == 0
    assert cli.main([*command, "-o", str(tmp_path / "y.mid"), "--tempo", "100", "--bars", "2"]) == 0

    said = capsys.readouterr().out
    assert "1 x 3 bars, 12 notes, 80 bpm" in said
    assert "1 x 2 bars, 8 notes, 100 bpm" in said
    assert [note.pitch for note in Melody.from_midi(out).notes] == [60 + beat % 5 for beat in range(12)]


def test_a_melody_that_cannot_be_accompanied_is_refused(tune: Path, tmp_path: Path, capsys: Captured) -> None:
    out = str(tmp_path / "x.mid")

    said = refused(capsys, "render", "--melody", str(tmp_path / "none.mid"), "-o", out)
    assert said.startswith(f"--melody: {tmp_path / 'none.mid'}: cannot be read")
    said = refused(capsys, "render", "--melody", str(tune), "--generator", "canned", "-o", out)
    assert said.startswith("--melody: performance.chords and performance.bass are 0")


@pytest.mark.torch
@pytest.mark.slow
def test_a_melody_is_accompanied_by_the_duet_unless_a_preset_is_named(tune: Path, tmp_path: Path) -> None:
    command = ["render", "--melody", str(tune), "--seed", "3", "-o"]
    for name in "ab":
        assert cli.main([*command, str(tmp_path / f"{name}.mid")]) == 0

    notes = [message for message in mido.MidiFile(tmp_path / "a.mid") if message.type == "note_on"]
    assert {message.channel for message in notes} >= {0, 1}
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()


def test_a_roll_is_drawn(tmp_path: Path) -> None:
    png = tmp_path / "x.png"
    command = ["render", "--mood", "bright", "--generator", "canned", "-o", str(tmp_path / "x.mid"), "--png", str(png)]

    assert cli.main(command) == 0
    assert png.read_bytes().startswith(b"\x89PNG")


SCALE = Melody(tuple(Note(step * 480, 480, 60 + step % 12) for step in range(64)))
COMPOSED = Composed(SCALE, Measured(4.0, 65.5, 0.5), 0.0, 1)


def test_a_take_follows_the_preset() -> None:
    text = "{performance: {transpose: 12, velocity: 0, gate: 0.1}, midi: {channel: 5, cc74: false, cc1: true}}"
    take = play(COMPOSED, parse_preset("", "x").mood_book().find("bright").affect, parse_preset(text, "x"))

    assert [note.pitch for note in take.played.notes] == [note.pitch + 12 for note in SCALE.notes]
    assert {note.velocity for note in take.played.notes} == {1}
    assert max(note.duration_tick for note in take.played.notes) < 100
    assert {message[0] & 0x0F for _, message in take.events} == {4}
    assert [message[1] for _, message in take.events if message[0] & 0xF0 == 0xB0] == [1]


def test_a_take_is_played_in_the_colour_of_its_mood() -> None:
    gloomy = Preset().mood_book().find("gloomy")
    plain = play(COMPOSED, gloomy.affect, Preset())
    coloured = play(COMPOSED, gloomy.affect, Preset(), colour=gloomy.colour)
    tones = {(note.pitch + 5) % 12 for note in coloured.played.notes}

    assert len({note.pitch % 12 for note in plain.played.notes}) > len(tones)
    assert tones <= {0, 1, 3, 5, 7, 8, 10}, "phrygian, five semitones down"


@pytest.mark.parametrize("bars", [1, 5, 16])
def test_a_take_lasts_as_long_as_asked_and_ends_silent(bars: int) -> None:
    take = play(COMPOSED, Preset().mood_book().find("peaceful").affect, Preset(), bars)

    assert len(take.played.notes) == bars * 4
    assert take.events[-1][1][0] & 0xF0 == 0x80
    assert take.played.bars == bars


def test_takes_come_nearest_first_and_differ() -> None:
    preset = Preset()
    made = takes(shelf(), preset, preset.mood_book().find("lively").affect, 3, seed=1)

    assert len({take.played for take in made}) == 3
    assert [take.composed.distance for take in made] == sorted(take.composed.distance for take in made)


@pytest.mark.torch
def test_a_published_checkpoint_is_converted_and_its_place_told(capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "small.safetensors"
    tar = ROOT / "tests" / "golden" / "small" / "hierdec-mel_16bar.tar"

    assert cli.main(["import-magenta", str(tar), "-o", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert out.stat().st_size > 0


def test_tables_are_shown_and_written_alike(tmp_path: Path) -> None:
    tables = {"speed": {"one": {"ms": 8.25, "share": 0.5}, "many": {"ms": 90.0}}}
    paper = StringIO()

    show(tables, Console(file=paper, width=60))
    write(tables, tmp_path / "t.json")
    assert all(word in paper.getvalue() for word in ("speed", "one", "8.25", "0.5", "many", "90"))
    assert json.loads((tmp_path / "t.json").read_text(encoding="utf-8")) == tables
    with pytest.raises(EmoOscError, match="cannot be written"):
        write(tables, tmp_path)
