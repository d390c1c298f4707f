"""An ensemble's folder, and the cluster that runs what is left of it: what a fleet's caller does."""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ._native import bar, build, call
from ._stores import Results
from ._words import whole
from ._workers import packed_event, run_points, same, unpack
from .errors import InputError, UndertowError

if TYPE_CHECKING:
    from distributed import Client, Future

BATCH_SECONDS = 10.0
"""Seconds of work that a task is to be: the scheduler's milliseconds vanish beside them."""


@contextlib.contextmanager
def cluster_errors() -> Iterator[None]:
    """What Dask says when its cluster is gone, as an error of this package."""
    from concurrent.futures import CancelledError

    try:
        yield
    except (CancelledError, OSError, TimeoutError) as error:
        raise UndertowError(f"the cluster went away ({type(error).__name__}); the same call goes on") from None


class Fleet:
    """An ensemble's folder, and the cluster that runs what is left of it."""

    def __init__(
        self, verb: list[str], out: Path, client: Client, retries: int, batch: int | None, keep_runs: bool
    ) -> None:
        check_client(client)
        self.verb, self.out, self.client, self.keep_runs = verb, out, client, keep_runs
        self.retries = whole(retries, "retries", 1000)
        self.batch = None if batch is None else whole(batch, "batch", 2**31, first=1)
        self.lock: IO[str] | None = None

    def __enter__(self) -> Fleet:
        # Before anything is touched: a folder of another plan is refused here.
        self.left()
        self.lock = open(self.out / "fleet.lock", "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.lock.close()
            raise InputError(
                str(self.out), found="another fleet at work", allowed="one at a time in a folder"
            ) from None
        # What failed another time is tried again.
        for file in self.out.glob("points/**/failure.txt"):
            file.unlink()
        return self

    def __exit__(self, *_: object) -> None:
        if self.lock:
            self.lock.close()

    def tables(self) -> dict[str, Any]:
        found: dict[str, Any] = call([*self.verb, f"--out={self.out}", "--tables", "--json"], checked=False).json()
        return found

    def left(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Points that are left to run, and the files that their event is read from."""
        found = call([*self.verb, f"--out={self.out}", "--left"]).json()
        return found["points"], found["files"]

    def run_left(self, progress: object, store: Results | None) -> bool:
        """Runs what is left (of a calibration: of its round); False where nothing was."""
        points, files = self.left()
        if not points:
            return False
        inputs = packed_event(files, points)
        with cluster_errors():
            sent = self.client.submit(same, inputs, pure=False) if inputs else None
        tries = {point["folder"]: 0 for point in points}
        alone: set[str] = set()
        shown = bar_of(progress, len(points), "points", self.verb[0])
        waiting = list(points)
        under_way: dict[Future[Any], list[dict[str, Any]]] = {}
        # The first tasks are single points: what a point takes is measured, not guessed.
        size = self.batch or 1
        try:
            while waiting or under_way:
                # Workers come and go.
                with cluster_errors():
                    threads = max(1, sum(self.client.nthreads().values()))
                while waiting and len(under_way) < 3 * threads:
                    count = 1 if waiting[0]["folder"] in alone else size
                    batch = waiting[:count]
                    del waiting[:count]
                    future = self.client.submit(run_points, batch, self.keep_runs, build(), sent, pure=False, retries=0)
                    under_way[future] = batch
                seconds = self._take(under_way, waiting, tries, alone, shown, store)
                if self.batch is None and seconds > 0:
                    fair = max(1, len(waiting) // (3 * threads))
                    size = max(1, min(fair, int(BATCH_SECONDS / seconds)))
        finally:
            for future in under_way:
                future.cancel()
            if store:
                store.flush()
        return True

    def _take(
        self,
        under_way: dict[Future[Any], list[dict[str, Any]]],
        waiting: list[dict[str, Any]],
        tries: dict[str, int],
        alone: set[str],
        shown: Callable[[int], None],
        store: Results | None,
    ) -> float:
        """Takes in what is done: the mean seconds of its points."""
        from distributed import wait

        with cluster_errors():
            done = wait(list(under_way), return_when="FIRST_COMPLETED").done
        seconds: list[float] = []
        for future in done:
            batch = under_way.pop(future)
            if future.status == "finished":
                for point, found in zip(batch, future.result()):
                    seconds.append(found["seconds"])
                    failure = found.get("failure") or self._keep(found)
                    if failure:
                        alone.add(point["folder"])
                        self._again(point, tries, failure, waiting, shown)
                        continue
                    if store:
                        store.add(found)
                    shown(1)
                continue
            cause = future.exception() if future.status == "error" else None
            if isinstance(cause, UndertowError):
                raise cause
            # Whatever killed the worker may be one of several points: each goes alone, and only then is it a try.
            for point in batch:
                if len(batch) > 1 and point["folder"] not in alone:
                    waiting.insert(0, point)
                else:
                    self._again(point, tries, f"its worker died or failed: {cause!r}"[:500], waiting, shown)
                alone.add(point["folder"])
        return sum(seconds) / len(seconds) if seconds else 0.0

    def _again(
        self,
        point: dict[str, Any],
        tries: dict[str, int],
        reason: str,
        waiting: list[dict[str, Any]],
        shown: Callable[[int], None],
    ) -> None:
        tries[point["folder"]] += 1
        if tries[point["folder"]] <= self.retries:
            waiting.insert(0, point)
            return
        folder = Path(point["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "failure.txt").write_text(reason, encoding="utf-8")
        shown(1)

    def _keep(self, found: dict[str, Any]) -> str | None:
        """Puts a point's result where `undertow sweep` looks for it; the name appears when all of its bytes are there.

        Returns what is wrong with it where it is none.
        """
        if not {"state_hash", "seed", "fall_pct", "liquidated_long_usd"} <= json.loads(found["result"]).keys():
            return "printed no result"
        folder = Path(found["folder"])
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        if "run" in found:
            unpack(found["run"], folder)
        part = folder / "output.part"
        part.write_text(found["result"], encoding="utf-8")
        part.rename(folder / "result.json")
        return None


def check_client(client: object) -> None:
    """What is no client is said before anything is done."""
    if not hasattr(client, "submit") or not hasattr(client, "scatter"):
        raise InputError("client", found=f"{type(client).__name__} {client!r}"[:200], allowed="a distributed.Client")


def bar_of(progress: object, total: int, unit: str, title: str) -> Callable[[int], None]:
    """Told how many more are done."""
    shown = bar(progress)
    if shown is None:
        return lambda _: None
    done = 0

    def step(more: int) -> None:
        nonlocal done
        done += more
        shown(title.encode(), unit.encode(), done, total)
        if done >= total:
            shown.close()

    return step
