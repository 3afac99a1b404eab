"""Writes every patch and layout into the checkout: `python -m tools.patches`."""

import zlib
from pathlib import Path

from tools.patches import max_files, puredata, stage_control, surfaces, touchdesigner, touchosc

ROOT = Path(__file__).parents[2]
PROGRAMS = (max_files, touchosc, stage_control, puredata, touchdesigner)


def files() -> dict[str, bytes]:
    """Everything that is written, by its place in the checkout."""
    written = {path: content for program in PROGRAMS for path, content in program.files().items()}
    return written | {"docs/surfaces.md": surfaces.page(written).encode()}


def plain(content: bytes, name: str) -> bytes:
    """What a file says; a layout of TouchOSC unpacked, since no two versions of zlib need to pack alike."""
    return zlib.decompress(content) if name.endswith(".tosc") else content


def write(root: Path = ROOT) -> None:
    """Writes what is not there, or says something else."""
    for name, content in files().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or plain(path.read_bytes(), name) != plain(content, name):
            path.write_bytes(content)


if __name__ == "__main__":
    write()
