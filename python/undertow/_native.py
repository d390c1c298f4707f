"""The shared library: loading it, calling it, and how its answers become values or exceptions."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import CheckFailed, InputError, UndertowError

_HERE = Path(__file__).resolve().parent / "native"
_PROGRESS = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_double, ctypes.c_double)
_Words = ctypes.POINTER(ctypes.c_char_p)
_Doubles = ctypes.POINTER(ctypes.c_double)


def _load() -> ctypes.CDLL:
    name = _HERE / "libundertow_native.so"
    if not name.exists():
        raise ImportError(f"{name} is missing: this is a source tree; `make wheel` builds the package")
    lib = ctypes.CDLL(str(name))
    void, text, i32, i64, u64, f64 = (
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_int32,
        ctypes.c_int64,
        ctypes.c_uint64,
        ctypes.c_double,
    )
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "begin": (None, [text]),
        "version": (void, []),
        "free": (None, [void]),
        "call": (void, [i32, _Words, ctypes.POINTER(i32), void]),
        "recording": (void, [text, text, i32, void]),
        "rows": (void, [text, void]),
        "live_arrays": (i64, []),
        "world_open": (void, [i32, _Words, ctypes.POINTER(i32), ctypes.POINTER(void)]),
        "world_copy": (void, [void]),
        "world_close": (None, [void]),
        "world_step": (i64, [void, i64]),
        "world_now": (None, [void, ctypes.POINTER(i64)]),
        "world_ask": (void, [void, text]),
        "world_quote": (i32, [void, i32, _Doubles]),
        "world_depth": (i32, [void, i32, i32, _Doubles]),
        "world_holding": (i32, [void, i32, i32, _Doubles]),
        "world_order": (i64, [void, i32, i32, f64, f64, f64, i32]),
        "world_cancel": (i64, [void, i32, i32, u64]),
        "world_left": (f64, [void, i32, u64]),
        "world_answers": (i64, [void, i64, _Doubles, ctypes.POINTER(u64)]),
        "rejection": (void, [i32]),
    }
    for name_, (result, arguments) in signatures.items():
        function = getattr(lib, "undertow_" + name_)
        function.restype, function.argtypes = result, arguments
    lib.undertow_begin(os.fsencode(program()))
    ctypes.c_void_p.in_dll(lib, "undertow_capsule_pointer").value = ctypes.cast(
        ctypes.pythonapi.PyCapsule_GetPointer, ctypes.c_void_p
    ).value
    return lib


def program() -> Path:
    """The command line of this package, an executable."""
    return _HERE / "undertow"


lib = _load()


def take(pointer: int | None) -> str:
    """A text of the library's, freed there."""
    if not pointer:
        raise MemoryError("the engine had no memory for its answer")
    try:
        return ctypes.string_at(pointer).decode("utf-8", "replace")
    finally:
        lib.undertow_free(pointer)


def text(value: object, name: str) -> str:
    """An argument as text that C can take."""
    words = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(words, str):
        raise InputError(name, found=f"{type(value).__name__} {value!r}", allowed="text")
    if "\0" in words:
        raise InputError(name, found=repr(words), allowed="text without a zero character")
    try:
        words.encode()
    except UnicodeEncodeError:
        raise InputError(name, found=ascii(words), allowed="text that UTF-8 has") from None
    return words


def positional(value: object, name: str) -> str:
    """An argument that stands by itself: what begins with a dash would be an option."""
    words = text(value, name)
    if words.startswith("-"):
        raise InputError(name, found=f"`{words}`", allowed="a name or path that does not begin with a dash")
    return words


VERSION = take(lib.undertow_version())


@functools.cache
def build() -> str:
    """Version and content of the engine: two of one name have the same results."""
    with open(_HERE / "libundertow_native.so", "rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return f"{VERSION}+{digest.hexdigest()[:12]}"


@dataclass(frozen=True)
class Answer:
    """What a call said: its result, and warnings beside it."""

    code: int
    results: str
    notes: str

    def json(self) -> Any:
        return json.loads(self.results)


def read(pointer: int | None) -> Answer:
    """An answer of the library; what was wrong with the question is raised."""
    reply = json.loads(take(pointer))
    error = reply.get("error")
    if error is not None:
        raise InputError(
            error.get("file") or "undertow",
            line=error.get("line"),
            key=error.get("key"),
            found=error["found"],
            allowed=error.get("allowed") or "",
            nearest=error.get("nearest"),
        )
    return Answer(reply["code"], reply["results"], reply["notes"])


class Progress:
    """Anything that counts like tqdm: made with `total`, `unit` and `desc`, told by `update`, ended by `close`."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._bar: Any = None
        self._now: tuple[str, float] = ("", 0.0)
        self._lock = threading.Lock()
        self._is_closed = False

    def __call__(self, title: bytes, unit: bytes, done: float, total: float) -> None:
        with self._lock:
            if self._is_closed:
                return
            name = title.decode()
            if self._bar is None or self._now[0] != name:
                self._end_bar()
                self._bar = self._make(total=total, unit=" " + unit.decode(), desc=name)
                self._now = (name, 0.0)
            self._bar.update(done - self._now[1])
            self._now = (name, done)

    def close(self) -> None:
        """Ends the bar; what is told afterwards is not shown."""
        with self._lock:
            self._is_closed = True
            self._end_bar()

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def bar(progress: object) -> Progress | None:
    """`True` is tqdm where it is installed; otherwise a class that counts like it."""
    if progress is None or progress is False:
        return None
    if progress is True:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            raise UndertowError("progress=True needs tqdm: `pip install tqdm`, or pass a class like it") from None
        return Progress(tqdm)
    if not callable(progress):
        raise InputError("progress", found=repr(progress), allowed="True, None or a class like tqdm")
    return Progress(progress)


def call(arguments: Sequence[str], progress: object = None, checked: bool = True) -> Answer:
    """Does what a command line says, in this process, without the interpreter's lock.

    Ctrl-C ends a run, a stress test and every ensemble after its step, shock or path, and is raised once their folder is
    readable. Another one after two seconds is raised at once, whatever still goes on.
    """
    words = [text(one, "argument").encode() for one in arguments]
    stop = ctypes.c_int32(0)
    shown = bar(progress)
    # Kept here while the engine may call it.
    told = _PROGRESS(shown) if shown else None
    argv = (ctypes.c_char_p * max(1, len(words)))(*words)
    pointer: list[int | None] = []

    def work() -> None:
        pointer.append(
            lib.undertow_call(
                len(words), argv, ctypes.byref(stop), ctypes.cast(told, ctypes.c_void_p) if told else None
            )
        )

    try:
        in_thread(work, stop)
    except BaseException:
        if pointer:
            take(pointer[0])
        raise
    finally:
        if shown:
            shown.close()
    answer = read(pointer[0])
    if answer.code == 130:
        raise KeyboardInterrupt
    if checked and answer.code != 0:
        raise CheckFailed(answer.notes.strip() or "a check did not hold", answer.results)
    return answer


def in_thread(work: Callable[[], None], stop: ctypes.c_int32) -> None:
    """Runs work beside the main thread, which can then be interrupted: a C function cannot.

    Interrupted, it tells the work to stop and waits for it; interrupted again after two seconds, it leaves it to end by itself.
    """
    if threading.current_thread() is not threading.main_thread():
        work()
        return
    failures: list[BaseException] = []
    # Not `join`: up to 3.12 an interrupted one takes its thread for ended.
    ended = threading.Event()

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            ended.set()

    threading.Thread(target=guarded, name="undertow", daemon=True).start()
    try:
        while not ended.wait(0.2):
            pass
    except BaseException:
        stop.value = 1
        began = time.monotonic()
        while not ended.is_set():
            try:
                ended.wait()
            except KeyboardInterrupt:
                # Impatience does not help at once: the folder is to be readable.
                if time.monotonic() - began > 2:
                    break
        raise
    if failures:
        raise failures[0]
