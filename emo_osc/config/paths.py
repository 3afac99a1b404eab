"""The folders and files of presets. Reads no preset."""

from dataclasses import dataclass
from importlib.resources import files
from itertools import accumulate, islice
from pathlib import Path

from emo_osc.core.small_file import list_folder

ENDING = ".yaml"
MAX_BYTES = 1 << 17  # of one preset; the shipped default has 5 KB
MAX_PRESETS = 256
MAX_TOTAL = 1 << 21  # bytes of YAML, which take seconds to read


@dataclass(frozen=True, slots=True)
class PresetFiles:
    """The file of each preset by its name, and a line for whatever lies in the folders and cannot be one."""

    paths: dict[str, Path]
    faults: tuple[str, ...] = ()


def preset_folders() -> tuple[Path, ...]:
    """Where a preset is looked up by name: the player's own folder first, then the shipped ones."""
    shipped = Path(str(files("emo_osc"))) / "presets"  # where a wheel puts them
    checkout = Path(str(files("emo_osc"))).parent / "presets"
    return tuple(folder for folder in (user_preset_folder(), shipped, checkout) if folder.is_dir())


def preset_files(folders: tuple[Path, ...] | None = None) -> PresetFiles:
    """Every preset that can be asked for by name; of two with one name, that of the first folder.

    >>> preset_files().paths["club"].name
    'club.yaml'
    """
    listings = [list_folder(folder, ENDING) for folder in (preset_folders() if folders is None else folders)]
    found = {path.stem: path for listing in reversed(listings) for path in listing.paths}
    faults = [fault for listing in listings for fault in listing.faults]
    # The shipped presets come first; where a player has too many, those stay.
    sizes = accumulate(map(_size, found.values()))
    kept = {
        name: found[name] for name, size in islice(zip(found, sizes, strict=True), MAX_PRESETS) if size <= MAX_TOTAL
    }
    if len(found) > len(kept):
        faults.append(f"over {MAX_PRESETS} presets or {MAX_TOTAL:,} bytes; {len(found) - len(kept):,} are left out")
    return PresetFiles(kept, tuple(faults))


def _size(path: Path) -> int:
    """The bytes that reading a file takes; one that is too large is not read."""
    try:
        size = path.stat().st_size
    except OSError:
        return 0
    return size if size <= MAX_BYTES else 0


def preset_names() -> list[str]:
    """Every name a preset can be asked for by, in the order of the alphabet."""
    return sorted(preset_files().paths)


def user_folder() -> Path:
    """Where a player keeps what they have set; it may not exist yet."""
    from platformdirs import user_config_path

    return user_config_path("emo_osc")


def user_preset_folder() -> Path:
    """Where a player keeps presets of their own; it may not exist yet."""
    return user_folder() / "presets"
