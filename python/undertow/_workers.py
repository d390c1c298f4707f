"""What a fleet's workers do, and what travels to them."""

from __future__ import annotations

import io
import json
import os
import tarfile
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._native import build, call
from .errors import InputError, UndertowError

INPUTS = "{inputs}"
"""Stands in an option for the folder that files were unpacked to."""


def run_points(
    points: Sequence[dict[str, Any]], keep_runs: bool, engine: str | None = None, inputs: Inputs | None = None
) -> list[dict[str, Any]]:
    """Runs points one after the other in this process: what each printed, its run folder packed, or why it failed.

    - engine: the caller's (`_native.build`); another one's results are not its.
    - inputs: the event that the points name, packed.
    """
    _check(engine)
    with tempfile.TemporaryDirectory(prefix="undertow-") as folder:
        if inputs:
            unpack(inputs.data, Path(folder))
        return [_run_point(point, keep_runs, folder, inputs) for point in points]


def _check(engine: str | None) -> None:
    if engine is not None and engine != build():
        raise UndertowError(f"the worker has undertow {build()}, the caller {engine}")


def _run_point(point: dict[str, Any], keep_runs: bool, unpacked: str, inputs: Inputs | None) -> dict[str, Any]:
    began = time.perf_counter()
    found: dict[str, Any] = {"folder": point["folder"]}

    def as_at_home(words: str) -> str:
        """What a failure says with the caller's paths."""
        words = words.replace(folder, point["folder"])
        if inputs:
            (own, name), (place, home) = inputs.names
            words = words.replace(os.path.join(unpacked, own), name)
            words = words.replace(os.path.join(unpacked, place, ""), os.path.join(home, "") if home else "")
        return words

    with tempfile.TemporaryDirectory(prefix="undertow-") as folder:
        arguments = [word.replace(INPUTS, unpacked) for word in point["arguments"]]
        if not keep_runs and "--measure" not in arguments:
            # Nobody reads the recording; the figures are the same.
            arguments[arguments.index("--record") + 1] = "off"
        try:
            answer = call([*arguments, "--out", folder], checked=False)
        except InputError as error:
            words = str(error) if error.file == "undertow" and not error.allowed else f"undertow: {error}"
            found["failure"] = as_at_home(words)
        except KeyboardInterrupt:
            raise RuntimeError("the worker was interrupted") from None
        else:
            if answer.code == 0:
                printed = json.loads(answer.results)
                run = Path(printed["run"]).name if printed.get("run") else None
                # Without a recording no run is brought back.
                printed["run"] = f"{point['folder']}/{run}" if keep_runs and run else ""
                found["result"] = json.dumps(printed, ensure_ascii=False)
                if keep_runs:
                    found["run"] = pack([(path, path.name) for path in sorted(Path(folder).iterdir())], 1)
            else:
                last = (answer.notes.strip().splitlines() or [f"ended with code {answer.code}"])[-1]
                found["failure"] = as_at_home(last)
    found["seconds"] = time.perf_counter() - began
    return found


def same(value: Any) -> Any:
    """As a task: what travels is made again where the worker that had it dies."""
    return value


def share(inputs: bytes, words: Sequence[str], part: str, engine: str) -> str:
    """Works one share of a bootstrap's paths out."""
    _check(engine)
    with tempfile.TemporaryDirectory(prefix="undertow-") as folder:
        unpack(inputs, Path(folder))
        return call(["stress", *(word.replace(INPUTS, folder) for word in words), "--part=" + part]).results


# What travels

_FILES = ("--bootstrap=", "--path=", "--shocks=", "--beta=", "--event=")


def packed_options(words: Sequence[str]) -> tuple[bytes, list[str]]:
    """Every file and folder that options name, and the options as they are where these were unpacked."""
    files: list[tuple[str, str]] = []
    moved = []
    for i, word in enumerate(words):
        option = next((one for one in _FILES if word.startswith(one)), None)
        path = word[len(option) :] if option else word
        is_built_in = option == "--event=" and path in _built_in()
        if (option is None and word.startswith("-")) or is_built_in or not os.path.exists(path):
            # An option without a file, or a name that is none: the engine says what is wrong with it.
            moved.append(word)
            continue
        name = f"{i}/{os.path.basename(os.path.abspath(path))}"
        files.append((os.path.realpath(path), name))
        moved.append(f"{option or ''}{INPUTS}/{name}")
    return pack(files, 3), moved


def _built_in() -> set[str]:
    return {one["name"] for one in call(["scenarios", "list", "--json"]).json()["scenarios"]}


@dataclass(frozen=True)
class Inputs:
    """An event of the caller's on its way to workers. No tuple: Dask would send its parts one by one."""

    data: bytes
    names: list[tuple[str, str]]
    """Its place among what was packed and its name as the caller gave it; then the same of its folder: what failures say."""


def packed_event(files: Sequence[str], points: Sequence[dict[str, Any]]) -> Inputs | None:
    """Folders and files that an event is read from; the points then name it where it will be."""
    if not files:
        return None
    name = points[0]["arguments"][1]
    paths = [os.path.abspath(one) for one in files]
    # As they lie to one another: one names the other by its way.
    root = os.path.commonpath([os.path.dirname(one) for one in paths])
    places = {one: os.path.relpath(one, root) for one in paths}
    own = os.path.relpath(os.path.abspath(name), root)
    if name == "scenario.yaml":
        # Without a folder before it, it is a file by itself; with one it would stand for all of the folder.
        own = places[paths[0]] = "scenario.yml"
    for point in points:
        point["arguments"][1] = f"{INPUTS}/{own}"
    return Inputs(pack(places.items(), 3), [(own, name), (os.path.dirname(own), os.path.dirname(name))])


def pack(files: Iterable[tuple[str | os.PathLike[str], str]], level: int) -> bytes:
    """Files and folders with the names that they are to have. Links are followed: what they lead to travels."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=level, dereference=True) as tar:
        for path, name in files:
            tar.add(path, name)
    return data.getvalue()


def unpack(data: bytes, folder: Path) -> None:
    """The reverse of `pack`."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extractall(folder, filter="data")
        else:
            tar.extractall(folder)
