"""Pictures of any size and kind: what is larger than is needed to see a face is told before memory is taken for it."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.face.drawn import blank
from emo_osc.face.opencv import need_opencv
from emo_osc.face.sources import load_picture, open_video
from tests.odd_files import ODD

LIMIT = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31)); "
SHOW = (
    "from emo_osc.face.opencv import need_opencv; need_opencv(); from emo_osc.face.sources import load_picture;"
    "from pathlib import Path; load_picture(Path(sys.argv[1]))"
)


def png(width: int, height: int) -> bytes:
    """A picture of one bit a point, black, in few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + (width + 7) // 8)) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of memory as Linux has them")
@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (20_000, 2), (2, 20_000)])
def test_a_picture_too_large_is_told_before_it_is_decoded(width: int, height: int, tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(png(width, height))

    ended = subprocess.run(
        [sys.executable, "-c", LIMIT + SHOW, str(tmp_path / "bomb.png")], capture_output=True, text=True, check=False
    )

    assert "bomb.png: over 67,108,864 points, or 16,384 on one side; make it smaller" in ended.stderr


def test_a_picture_much_longer_than_wide_is_told(tmp_path: Path) -> None:
    (tmp_path / "strip.png").write_bytes(png(10_000, 10))

    with pytest.raises(EmoOscError, match=r"strip\.png: 10,000 by 10 points; cut out the face"):
        load_picture(tmp_path / "strip.png")


@pytest.mark.parametrize("reason", ODD)
def test_what_is_no_file_is_no_picture(reason: str, tmp_path: Path) -> None:
    ODD[reason](tmp_path / "odd.png")

    with pytest.raises(EmoOscError, match=reason):
        load_picture(tmp_path / "odd.png")


def test_a_picture_is_read_in_colour(tmp_path: Path) -> None:
    wall = blank()
    assert cv2.imwrite(str(tmp_path / "wall.png"), wall)

    assert np.array_equal(load_picture(tmp_path / "wall.png"), wall)


def test_a_film_much_wider_than_high_is_told(tmp_path: Path) -> None:
    need_opencv()  # it silences FFmpeg, which reads that once
    film = cv2.VideoWriter(str(tmp_path / "a.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (1600, 16))
    if not film.isOpened():
        pytest.skip("this OpenCV writes no film")
    film.write(np.zeros((16, 1600, 3), np.uint8))
    film.release()

    with pytest.raises(EmoOscError, match=r"a\.avi: 1,600 by 16 points"):
        open_video(tmp_path / "a.avi")
