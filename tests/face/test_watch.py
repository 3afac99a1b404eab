"""`emo-osc face` as its users meet it: pictures and films in, OSC out, and one line where something is missing."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from emo_osc.cli.main import main
from emo_osc.face.boxes import Box
from emo_osc.face.drawn import Picture, blank, draw_face
from emo_osc.face.estimate import NAME, Estimator
from emo_osc.face.feeling import POINTS
from emo_osc.face.haar import HaarFinder
from emo_osc.face.look import Looker
from emo_osc.face.vgg16 import EXPRESSIONS, SIZE, VGG16, VGG16Config
from emo_osc.face.window import framed
from emo_osc.protocol.osc import Message, decode
from emo_osc.weights import checkpoints

pytestmark = pytest.mark.torch
TIMEOUT_S = 30.0
WALL = blank()


@pytest.fixture(scope="session")
def sad_net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of a network that takes every face for a sad one."""
    net = VGG16(VGG16Config(width=0.0625))
    with torch.no_grad():
        net.classifier.weight.zero_()
        net.classifier.bias[EXPRESSIONS.index("sadness")] = 20.0
    return checkpoints.save(tmp_path_factory.mktemp("nets"), NAME, net.state_dict(), {"vgg16": net.config.as_dict()})


@pytest.fixture(scope="session")
def telling_net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of a network that takes a drawn face for a happy one, and black for a sad one."""
    torch.manual_seed(1)
    net = VGG16(VGG16Config(width=0.125)).eval()
    gray = cv2.cvtColor(draw_face(WALL, 200, 120, 180), cv2.COLOR_BGR2GRAY)
    crop = cv2.resize(gray[120:300, 200:380], (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    with torch.no_grad():
        black, face = net.encode(torch.stack([torch.zeros(1, SIZE, SIZE), torch.from_numpy(crop)[None] / 255]))
        way = face - black
        net.classifier.weight.zero_()
        net.classifier.bias.zero_()
        net.classifier.weight[EXPRESSIONS.index("happiness")] = 40 * way / way.dot(way)
        net.classifier.bias[EXPRESSIONS.index("happiness")] = -20 - 40 * way.dot(black) / way.dot(way)
        net.classifier.bias[EXPRESSIONS.index("sadness")] = 10
    return checkpoints.save(tmp_path_factory.mktemp("nets"), NAME, net.state_dict(), {"vgg16": net.config.as_dict()})


@pytest.fixture
def host() -> Iterator[socket.socket]:
    """Any OSC host."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        one.settimeout(TIMEOUT_S)
        yield one


def port_of(host: socket.socket) -> str:
    return str(host.getsockname()[1])


def received(host: socket.socket) -> Message:
    (message,) = decode(host.recv(2048))
    return message


def all_received(host: socket.socket) -> list[Message]:
    """What has come so far."""
    host.settimeout(0.0)
    messages: list[Message] = []
    with suppress(BlockingIOError):
        while True:
            messages.append(received(host))
    return messages


def written(path: Path, picture: Picture) -> Path:
    assert cv2.imwrite(str(path), picture)
    return path


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    caught = capsys.readouterr()
    return caught.out, caught.err


def filmed(path: Path, pictures: Iterable[Picture], fps: float) -> Path:
    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (640, 480))
    for picture in pictures:
        film.write(picture)
    film.release()
    return path


SAD, HAPPY = (POINTS[EXPRESSIONS.index(name)] for name in ("sadness", "happiness"))


def test_each_picture_is_told_once_as_any_osc_host_reads_it(
    tmp_path: Path, sad_net: Path, host: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    first = written(tmp_path / "얼굴.png", draw_face(WALL, 200, 120, 180))
    second = written(tmp_path / "b.jpg", draw_face(WALL, 100, 60, 240))

    code = main(["face", "--image", str(first), str(second), "--port", port_of(host), "--model", str(sad_net)])

    assert code == 0
    for _ in range(2):
        message = received(host)
        assert message.address == "/emo/va"
        assert message.arguments == pytest.approx((SAD.valence, SAD.arousal), abs=1e-3)
    out, _ = said(capsys)
    assert out.splitlines()[0].startswith("Pictures stay in this process")
    assert "얼굴.png: sadness 1.00 -> valence -0.70 arousal -0.20" in out
    host.settimeout(0.0)
    with pytest.raises(BlockingIOError):
        host.recv(2048)


def test_a_film_is_told_at_the_rate_that_was_asked_for(
    tmp_path: Path, sad_net: Path, host: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    path = filmed(tmp_path / "film.avi", (draw_face(WALL, 150 + 4 * step, 120, 180) for step in range(20)), 20)

    code = main(["face", "--video", str(path), "--rate", "5", "--port", port_of(host), "--model", str(sad_net)])

    assert code == 0
    messages = all_received(host)
    assert 1 <= len(messages) <= 5  # on a busy machine some are left out
    assert {message.address for message in messages} == {"/emo/va"}
    assert messages[-1].arguments == pytest.approx((SAD.valence, SAD.arousal), abs=1e-3)
    out, _ = said(capsys)
    assert out.count("sadness 1.00") == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_face_that_vanishes_sends_nothing_new(
    tmp_path: Path, telling_net: Path, host: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    face, black = draw_face(WALL, 200, 120, 180), np.zeros_like(WALL)
    path = filmed(tmp_path / "film.avi", [face] * 30 + [black] * 15, fps=20)

    assert main(["face", "--video", str(path), "--port", port_of(host), "--model", str(telling_net)]) == 0

    points = [message.arguments for message in all_received(host)]
    assert points
    assert all(point == pytest.approx((HAPPY.valence, HAPPY.arousal), abs=0.01) for point in points)
    assert "sadness" not in said(capsys)[0]


def test_a_picture_without_a_face_tells_nothing(
    tmp_path: Path, sad_net: Path, host: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "wall.png", WALL)

    assert main(["face", "--image", str(path), "--port", port_of(host), "--model", str(sad_net)]) == 2

    out, error = said(capsys)
    assert "wall.png: nobody" in out
    assert "no face found" in error
    host.settimeout(0.0)
    with pytest.raises(BlockingIOError):
        host.recv(2048)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--image", "{0}/none.png"], "none.png: cannot be read (No such file"),
        (["--image", "{0}"], "cannot be read"),
        (["--image", "{0}/text.txt"], "text.txt: no picture that OpenCV can read"),
        (["--image", "{0}/empty.png"], "empty.png: no picture that OpenCV can read"),
        (["--video", "{0}/none.avi"], "none.avi: not there"),
        (["--video", "{0}/bad.mp4"], "bad.mp4: no film that OpenCV can read"),
        (["--camera", "97"], "camera 97: cannot be opened; connect one"),
        (["--camera", "0", "--image", "{0}/text.txt"], "give one of --camera, --image and --video"),
        (["{0}/text.txt"], "say what it is, with --image"),
        (["--yunet", "{0}/none.onnx"], "none.onnx: not there"),
        (["--host", "no.such.host.invalid"], "no.such.host.invalid:7770: cannot be reached"),
    ],
)
def test_what_is_missing_is_told_in_one_line(
    tmp_path: Path, sad_net: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    (tmp_path / "text.txt").write_text("no picture, and longer than a header " * 20)
    (tmp_path / "empty.png").touch()
    (tmp_path / "bad.mp4").write_bytes(bytes(range(256)) * 8)
    filled = [argument.format(tmp_path) for argument in arguments]

    assert main(["face", *filled, "--model", str(sad_net)]) == 2

    out, error = capfd.readouterr()
    assert words in error
    assert error.count("\n") == 1
    assert out == ""


def test_a_missing_checkpoint_is_told_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["face", "--camera", "97", "--model", "no_such_net"]) == 2
    assert "no checkpoint 'no_such_net'" in said(capsys)[1]


def test_without_opencv_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')\n")
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    command = [sys.executable, "-m", "emo_osc", "face"]
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT_S, env={**os.environ, "PYTHONPATH": path}
    )

    assert run.returncode == 2
    assert "libGL.so.1" in run.stderr
    assert 'pip install ".[face]"' in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(("faces", "count"), [("largest", 1), ("mean", 2)])
def test_of_two_faces_the_largest_counts_or_both(sad_net: Path, faces: str, count: int) -> None:
    picture = draw_face(draw_face(WALL, 40, 120, 140), 340, 100, 220)
    finder = HaarFinder()
    looker = Looker(lambda _, grey: finder.find_in_still(grey), Estimator.of_checkpoint(str(sad_net)), faces)

    look = looker.look(picture)

    assert look.probabilities.shape == (count, 7)
    assert look.boxes[0].overlap(Box(340, 100, 220)) > 0.8
    assert str(look) == ", ".join(["sadness 1.00"] * count)


def test_the_preview_draws_upon_a_copy(sad_net: Path) -> None:
    picture = draw_face(WALL, 200, 120, 180)
    before = picture.copy()
    finder = HaarFinder()
    look = Looker(lambda _, grey: finder.find_in_still(grey), Estimator.of_checkpoint(str(sad_net))).look(picture)

    shown = framed(picture, look, "sadness")

    assert (picture == before).all()
    assert (shown != before).any(axis=2).sum() > 500
