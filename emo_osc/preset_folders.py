"""Where preset files are. Reads no preset."""

from importlib.resources import files
from pathlib import Path


def preset_folders() -> tuple[Path, ...]:
    """Where a preset is looked up by name: the player's own folder first, then the shipped ones."""
    shipped = Path(str(files("emo_osc"))) / "presets"  # where a wheel puts them
    checkout = Path(str(files("emo_osc"))).parent / "presets"
    return tuple(folder for folder in (user_preset_folder(), shipped, checkout) if folder.is_dir())


def preset_names() -> list[str]:
    """Every name a preset can be asked for by, in the order of the alphabet."""
    return sorted({path.stem for folder in preset_folders() for path in folder.glob("*.yaml")})


def user_folder() -> Path:
    """Where a player keeps what they have set; it may not exist yet."""
    from platformdirs import user_config_path

    return user_config_path("emo_osc")


def user_preset_folder() -> Path:
    """Where a player keeps presets of their own; it may not exist yet."""
    return user_folder() / "presets"
