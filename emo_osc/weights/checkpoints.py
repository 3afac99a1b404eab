"""Weights on disk: one safetensors file, its config in the metadata, its hash in the name. Knows no network."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_safetensors
from torch import Tensor

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import list_folder, open_regular, process_part, reason_of, write_whole

ENDING, MAX_LISTED = ".safetensors", 32
CONFIG_KEY = "emo_osc"  # the one metadata key: safetensors does not keep the order of several
MAX_BYTES = 4 << 30  # an imported hierdec of 176 million weights has 0.7
MAX_HEAD_BYTES = 8 << 20  # names and shapes; ours have 0.1
_AGAIN = "fetch or train it again"
_HASHED = re.compile(r"(?P<name>.+)-(?P<hash>[0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The content of a file: the config that builds the network, and its weights by name, on the CPU."""

    config: dict[str, Any]
    tensors: dict[str, Tensor]


def save(folder: Path, name: str, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> Path:
    """Write `folder/NAME-HASH8.safetensors`; HASH8 begins the file's SHA-256, so equal contents get equal names.

    `config` is anything JSON can hold. The file is written atomically.

    Raises:
        EmoOscError: the folder cannot be written.
    """
    content = _content(tensors, config)
    return _write(folder / f"{name}-{hashlib.sha256(content).hexdigest()[:8]}.safetensors", content)


def save_as(path: Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> Path:
    """Write to `path` exactly; a name without a hash is not verified on loading.

    Raises:
        EmoOscError: the file cannot be written.
    """
    return _write(path, _content(tensors, config))


def load(path: Path) -> Checkpoint:
    """The checkpoint of a file; where the name carries a hash, the content must have it.

    Raises:
        EmoOscError: the file is missing, cut short, not a checkpoint of ours, or not what its name says.
    """
    try:
        _verify(path)
        with safe_open(path, framework="pt") as file:
            config = json.loads((file.metadata() or {})[CONFIG_KEY])
            if not isinstance(config, dict):
                raise ValueError("the config is no table")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be read ({reason_of(error)}); name an existing checkpoint") from None
    except SafetensorError as error:
        reason = " ".join(str(error).split())
        raise EmoOscError(f"{path}: cut short or not a safetensors file ({reason:.200}); {_AGAIN}") from None
    except (KeyError, ValueError, RecursionError):
        raise EmoOscError(f"{path}: a safetensors file, but not of emo_osc (no config inside); convert it") from None
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not tensor.float().isfinite().all():  # formats of 8 bits have no isfinite
            raise EmoOscError(f"{path}: {name:.80} holds numbers that are not finite; {_AGAIN}")
    return Checkpoint(config, tensors)


def checkpoint_folders() -> tuple[Path, ...]:
    """The folders searched for a checkpoint by name: the user's first, then the shipped ones."""
    from platformdirs import user_data_path

    shipped = Path(str(files("emo_osc")))
    candidates = (user_data_path("emo_osc") / "checkpoints", shipped / "checkpoints", shipped.parent / "checkpoints")
    return tuple(folder for folder in candidates if folder.is_dir())


def find(name: str) -> Path:
    """The newest checkpoint `NAME-*.safetensors` of the first folder that has one; `NAME-HASH8` asks for that very one.

    A name that ends in `.safetensors` is a path and comes back as it is.

    Raises:
        EmoOscError: no folder has a checkpoint of that name.
    """
    if name.endswith(".safetensors"):
        return Path(name)
    folders = checkpoint_folders()
    for folder in folders:
        found = [path for path in list_folder(folder, ENDING).paths if name in _names(path) and path.exists()]
        if found:
            return max(found, key=lambda path: (path.stat().st_mtime, path.name))
    known = sorted({path.stem for folder in folders for path in list_folder(folder, ENDING).paths})
    listed = ", ".join(known[:MAX_LISTED]) or "none: train or import one"
    raise EmoOscError(f"no checkpoint {name!r:.80}; checkpoints are {listed}")


def _content(tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> bytes:
    plain: dict[str, Tensor] = {}
    storages: set[int] = set()
    for name, tensor in tensors.items():
        whole = tensor.detach().cpu().contiguous()
        if whole.untyped_storage().data_ptr() in storages:
            whole = whole.clone()  # safetensors refuses tensors that share memory, such as tied weights and views
        storages.add(whole.untyped_storage().data_ptr())
        plain[name] = whole
    return to_safetensors(plain, {CONFIG_KEY: json.dumps(config, sort_keys=True)})


def _write(path: Path, content: bytes) -> Path:
    try:
        write_whole(path, content, ending=process_part())
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be written ({reason_of(error)})") from None
    return path


def _verify(path: Path) -> None:
    """Check the size and the header of a file, and its hash where the name has one.

    Raises:
        OSError: it cannot be read, or is no file.
        EmoOscError: it is larger than a checkpoint may be, or not what its name says.
    """
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            raise EmoOscError(f"{path}: over {MAX_BYTES >> 30} GiB; name a checkpoint of emo_osc")
        head = int.from_bytes(file.read(8), "little")
        if head > MAX_HEAD_BYTES:  # safetensors would read all of it
            raise EmoOscError(f"{path}: cut short or not a safetensors file (its head has {head:,} bytes); {_AGAIN}")
        named = _HASHED.fullmatch(path.stem)
        if not named:
            return
        file.seek(0)
        found = hashlib.file_digest(file, "sha256").hexdigest()[:8]
    if found != named["hash"]:
        raise EmoOscError(f"{path}: cut short or changed (its hash is {found}); {_AGAIN}")


def _names(path: Path) -> set[str]:
    named = _HASHED.fullmatch(path.stem)
    return {path.stem, named["name"]} if named else {path.stem}
