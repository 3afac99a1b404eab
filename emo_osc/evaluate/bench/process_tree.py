"""Processes below one, and the CPU that they have used, as Linux tells in /proc."""

import os
from collections.abc import Iterable
from pathlib import Path


def below(pid: int) -> dict[int, str]:
    """Every process that a process has started, and that those have, with its command line; empty elsewhere."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        parent = _fields(stat)[1:2]
        children.setdefault(int(parent[0]) if parent else 0, []).append(int(stat.parent.name))
    found, parents = dict[int, str](), [pid]
    while parents:
        for child in children.get(parents.pop(), ()):
            parents.append(child)
            found[child] = _command(child)
    return found


def cpu_s(pids: Iterable[int]) -> float:
    """Seconds of CPU that processes have used so far; one that has ended counts nothing.

    NaN where none is left, and on a system without /proc.
    """
    found = [fields for pid in pids if (fields := _fields(Path(f"/proc/{pid}/stat")))]
    if not found:
        return float("nan")
    return sum(int(fields[11]) + int(fields[12]) for fields in found) / float(os.sysconf("SC_CLK_TCK"))


def _fields(stat: Path) -> list[str]:
    """The fields of a process after its name, from its state on; none where it has ended."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
