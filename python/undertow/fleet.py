"""Sweeps, calibrations and bootstrap stress tests on a Dask cluster: the plans of the command line, the same bytes.

    from distributed import Client
    client = Client("tcp://scheduler:8786")
    undertow.fleet.sweep("plan.yaml", "runs/sweep", client)

Whoever calls is the only one who writes to the folder. Workers need this package, nothing else: the plan's event, a book and its
candles travel. They run points in their own process and send back what each printed. A finished point is in the folder and
is never run again, whatever dies.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ._native import VERSION, call, positional, text
from .books import Stress, stress_options
from .ensembles import Ensemble
from .errors import InputError, UndertowError
from .runs import whole
from .table import opened

if TYPE_CHECKING:
    from distributed import Client, Future


BATCH_SECONDS = 10.0
"""Seconds of work that a task is to be: the scheduler's milliseconds vanish beside them."""


def sweep(
    plan: str | os.PathLike[str],
    out: str | os.PathLike[str],
    client: Client,
    *,
    batch: int | None = None,
    retries: int = 2,
    keep_runs: bool = False,
    results: str | None = None,
    progress: object = None,
) -> Ensemble:
    """Every point of a plan on a cluster; resumable. The tables are those of `undertow.sweep`, byte by byte.

    - plan: a file, or an address of fsspec's (`s3://…`).
    - batch: points a task; as many as make ten seconds where nothing is said.
    - retries: how often a point that failed is tried again, alone, before it is a failed row. A task whose worker dies is given
      to up to three others by Dask itself (`distributed.scheduler.allowed-failures`) before that counts as a failure.
    - keep_runs: brings the points' run folders back, too.
    - results: also writes results.parquet, results.duckdb and results.csv to this folder or address as points are done.
    """
    with (
        _local(plan) as file,
        _Fleet(["sweep", positional(file, "plan")], Path(text(out, "out")), client, retries, batch, keep_runs) as fleet,
    ):
        store = _Results(results, fleet.out) if results else None
        fleet.run_left(progress, store)
        found = Ensemble(fleet.out, fleet.tables())
        if store:
            store.finish(found)
        return found


def calibrate(
    plan: str | os.PathLike[str],
    out: str | os.PathLike[str],
    client: Client,
    *,
    batch: int | None = None,
    retries: int = 2,
    progress: object = None,
) -> Ensemble:
    """A calibration's rounds on a cluster, one round after the other; resumable. As `undertow.calibrate`, byte by byte.

    What the targets measure is read from the runs' recordings, so these come back from the workers.
    """
    with (
        _local(plan) as file,
        _Fleet(["calibrate", positional(file, "plan")], Path(text(out, "out")), client, retries, batch, True) as fleet,
    ):
        while fleet.run_left(progress, None):
            pass
        return Ensemble(fleet.out, fleet.tables())


def bootstrap_stress(
    book: str | os.PathLike[str],
    client: Client,
    *,
    out: str | os.PathLike[str] = "runs",
    tasks: int | None = None,
    progress: object = None,
    **options: Any,
) -> Stress:
    """`undertow.stress` with `bootstrap=…`, its paths shared out among workers: the same figures, byte by byte.

    - tasks: shares; four a worker where nothing is said. The book and the candles travel with them.
    """
    if not options.get("bootstrap"):
        raise InputError("bootstrap", found="nothing", allowed="hourly candles that paths are drawn from")
    options.setdefault("threads", 1)
    words = stress_options(book, **options)
    paths = int(options.get("n_paths", 200))
    workers = max(1, len(client.scheduler_info()["workers"]))
    count = max(1, min(paths, 4 * workers if tasks is None else whole(tasks, "tasks", 2**31)))
    packed, moved = _packed(words)
    inputs = client.scatter(packed, broadcast=True)
    futures = [client.submit(_share, inputs, moved, f"{i + 1}/{count}", pure=False, retries=2) for i in range(count)]
    shown = _bar(progress, count, "shares", "stress")
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for i, future in enumerate(futures):
            part = Path(folder) / f"part-{i + 1:05}.json"
            part.write_text(future.result(), encoding="utf-8")
            parts.append(str(part))
            shown(1)
        answer = call(["stress", *words, f"--out={text(out, 'out')}", "--json", "--parts", *parts])
    return Stress(answer.json())


# What workers do

_INPUTS = "{inputs}"
"""Stands in an option for the folder that files were unpacked to."""


def run_points(
    points: Sequence[dict[str, Any]], keep_runs: bool, version: str | None = None, inputs: bytes | None = None
) -> list[dict[str, Any]]:
    """Runs points one after the other in this process: what each printed, its run folder packed, or why it failed.

    - version: the caller's; another one's results are not its.
    - inputs: files that the points name, packed.
    """
    if version is not None and version != VERSION:
        raise UndertowError(f"the worker has undertow {VERSION}, the caller {version}")
    with tempfile.TemporaryDirectory(prefix="undertow-") as folder:
        if inputs:
            _unpack(inputs, Path(folder))
        return [_run_point(point, keep_runs, folder) for point in points]


def _run_point(point: dict[str, Any], keep_runs: bool, inputs: str) -> dict[str, Any]:
    began = time.perf_counter()
    found: dict[str, Any] = {"folder": point["folder"]}
    with tempfile.TemporaryDirectory(prefix="undertow-") as folder:
        arguments = [word.replace(_INPUTS, inputs) for word in point["arguments"]]
        if not keep_runs:
            # Nobody reads the recording; the figures are the same.
            arguments[arguments.index("--record") + 1] = "off"
        try:
            answer = call([*arguments, "--out", folder], checked=False)
        except InputError as error:
            words = str(error) if error.file == "undertow" and not error.allowed else f"undertow: {error}"
            found["failure"] = words.replace(folder, point["folder"]).replace(inputs + "/", "")
        except KeyboardInterrupt:
            raise RuntimeError("the worker was interrupted") from None
        else:
            if answer.code == 0:
                printed = json.loads(answer.results)
                run = Path(printed["run"]).name if printed.get("run") else None
                # Without a recording no run is brought back.
                printed["run"] = f"{point['folder']}/{run}" if keep_runs and run else None
                found["result"] = json.dumps(printed, ensure_ascii=False)
                if keep_runs:
                    found["run"] = _pack(Path(folder))
            else:
                last = (answer.notes.strip().splitlines() or [f"ended with code {answer.code}"])[-1]
                found["failure"] = last.replace(folder, point["folder"])
    found["seconds"] = time.perf_counter() - began
    return found


def _share(inputs: bytes, words: Sequence[str], part: str) -> str:
    """Works one share of a bootstrap's paths out."""
    with tempfile.TemporaryDirectory(prefix="undertow-") as folder:
        _unpack(inputs, Path(folder))
        return call(["stress", *(word.replace(_INPUTS, folder) for word in words), "--part=" + part]).results


_FILES = ("--bootstrap=", "--path=", "--shocks=", "--beta=", "--event=")


def _packed(words: Sequence[str]) -> tuple[bytes, list[str]]:
    """Every file and folder that the words name, and the words as they are where these were unpacked."""
    data = io.BytesIO()
    moved = []
    # Links are followed: what they lead to travels.
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=3, dereference=True) as tar:
        for i, word in enumerate(words):
            option = next((one for one in _FILES if word.startswith(one)), None)
            path = word[len(option) :] if option else word
            if (option is None and word.startswith("-")) or not os.path.exists(path):
                # An option without a file, or a name that is none: the engine says what is wrong with it.
                moved.append(word)
                continue
            name = f"{i}/{os.path.basename(os.path.abspath(path))}"
            tar.add(os.path.realpath(path), name)
            moved.append(f"{option or ''}{_INPUTS}/{name}")
    return data.getvalue(), moved


def _scenario(points: list[dict[str, Any]]) -> bytes | None:
    """The event of a plan, packed, where it is a folder or file of the caller's; the points then name it where it will be."""
    path = points[0]["arguments"][1]
    if not os.path.exists(path):
        return None
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=3, dereference=True) as tar:
        real = os.path.realpath(path)
        tar.add(real, os.path.basename(real))
        # What a file extends lies beside it, or is built in.
        while os.path.isfile(real):
            with open(real, encoding="utf-8") as lines:
                base = next(
                    (line.split(":", 1)[1].split("#")[0].strip() for line in lines if line.startswith("extends:")), ""
                )
            real = os.path.join(os.path.dirname(real), base)
            if not base or not os.path.exists(real):
                break
            tar.add(real, base)
    for point in points:
        point["arguments"][1] = f"{_INPUTS}/{os.path.basename(os.path.realpath(path))}"
    return data.getvalue()


def _pack(folder: Path) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=1) as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, path.name)
    return data.getvalue()


def _unpack(data: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extractall(folder, filter="data")
        else:
            tar.extractall(folder)


# What the caller does


class _Fleet:
    """An ensemble's folder, and the cluster that runs what is left of it."""

    def __init__(
        self, verb: list[str], out: Path, client: Client, retries: int, batch: int | None, keep_runs: bool
    ) -> None:
        self.verb, self.out, self.client, self.keep_runs = verb, out, client, keep_runs
        self.retries = whole(retries, "retries", 1000)
        self.batch = None if batch is None else whole(batch, "batch", 2**31, first=1)
        self.lock: IO[str] | None = None

    def __enter__(self) -> _Fleet:
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

    def left(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = call([*self.verb, f"--out={self.out}", "--left"]).json()["points"]
        return found

    def run_left(self, progress: object, store: _Results | None) -> bool:
        """Runs what is left (of a calibration: of its round); False where nothing was."""
        points = self.left()
        if not points:
            return False
        inputs = _scenario(points)
        sent = self.client.scatter(inputs, broadcast=True) if inputs else None
        tries = {point["folder"]: 0 for point in points}
        alone: set[str] = set()
        shown = _bar(progress, len(points), "points", self.verb[0])
        waiting = list(points)
        under_way: dict[Future[Any], list[dict[str, Any]]] = {}
        threads = max(1, sum(one["nthreads"] for one in self.client.scheduler_info()["workers"].values()))
        # The first tasks are single points: what a point takes is measured, not guessed.
        size = self.batch or 1
        try:
            while waiting or under_way:
                while waiting and len(under_way) < 3 * threads:
                    count = 1 if waiting[0]["folder"] in alone else size
                    batch = waiting[:count]
                    del waiting[:count]
                    future = self.client.submit(run_points, batch, self.keep_runs, VERSION, sent, pure=False, retries=0)
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
        store: _Results | None,
    ) -> float:
        """Takes in what is done: the mean seconds of its points."""
        from concurrent.futures import CancelledError

        from distributed import wait

        try:
            done = wait(list(under_way), return_when="FIRST_COMPLETED").done
        except (CancelledError, OSError) as error:
            raise UndertowError(f"the cluster went away ({type(error).__name__}); the same call goes on") from None
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
            _unpack(found["run"], folder)
        part = folder / "output.part"
        part.write_text(found["result"], encoding="utf-8")
        part.rename(folder / "result.json")
        return None


class _Results:
    """Results on their way to a folder or an object store, as points are done: one Parquet file a hundred points.

    They lie in `parts/` until the whole table takes their place. What was done before is among them.
    """

    def __init__(self, where: str, folder: Path) -> None:
        self.where = text(where, "results").rstrip("/")
        self.rows: list[dict[str, Any]] = []
        self.files = 0
        self._forget_parts()
        if "://" not in self.where:
            Path(self.where, "parts").mkdir(parents=True, exist_ok=True)
        for file in sorted(folder.glob("points/*/result.json")):
            self.add({"folder": str(file.parent), "result": file.read_text(encoding="utf-8")})

    def _forget_parts(self) -> None:
        if "://" in self.where:
            import fsspec

            store, path = fsspec.core.url_to_fs(self.where + "/parts")
            if store.exists(path):
                store.rm(path, recursive=True)
        else:
            shutil.rmtree(self.where + "/parts", ignore_errors=True)

    def add(self, found: dict[str, Any]) -> None:
        printed = json.loads(found["result"])
        # Every figure is a float in every part: a column has one type.
        row = {
            key: float(value) if isinstance(value, (int, float)) else value
            for key, value in printed.items()
            if isinstance(value, (int, float, str))
        }
        self.rows.append({"point": Path(found["folder"]).name, **row})
        if len(self.rows) >= 100:
            self.flush()

    def flush(self) -> None:
        from .table import Table

        if self.rows:
            self.files += 1
            Table.of_rows(self.rows).to_parquet(f"{self.where}/parts/points-{self.files:05}.parquet")
            self.rows = []

    def finish(self, ensemble: Ensemble) -> None:
        """The whole table, once all points are done: CSV, Parquet, DuckDB."""
        table = ensemble.points
        table.to_parquet(self.where + "/results.parquet")
        with opened(self.where + "/results.csv", "wb") as file:
            file.write((ensemble.folder / "results.csv").read_bytes())
        self._forget_parts()
        try:
            import duckdb
        except ImportError:
            return
        with tempfile.TemporaryDirectory() as folder:
            local = os.path.join(folder, "results.duckdb")
            with duckdb.connect(local) as base:
                base.register("points", table.to_arrow())
                base.execute("CREATE TABLE results AS SELECT * FROM points")
            with open(local, "rb") as made, opened(self.where + "/results.duckdb", "wb") as file:
                shutil.copyfileobj(made, file)


class _local:
    """A file by its path, or a copy of what an address of fsspec's has."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = text(path, "plan")
        self.folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> str:
        if "://" not in self.path:
            return self.path
        self.folder = tempfile.TemporaryDirectory()
        file = os.path.join(self.folder.name, os.path.basename(self.path) or "plan.yaml")
        try:
            with opened(self.path, "rb") as source, open(file, "wb") as copy:
                shutil.copyfileobj(source, copy)
        except (OSError, ValueError) as error:
            self.folder.cleanup()
            raise InputError(
                self.path, found=str(error) or type(error).__name__, allowed="a plan that can be read"
            ) from None
        return file

    def __exit__(self, *_: object) -> None:
        if self.folder:
            self.folder.cleanup()


def _bar(progress: object, total: int, unit: str, title: str) -> Callable[[int], None]:
    from ._native import bar

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


def connected(address: str) -> Client:
    """A client of a scheduler; `local` starts a cluster on this machine, a worker a processor."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise UndertowError("a fleet needs Dask: `pip install 'undertow[fleet]'`") from None
    if address == "local":
        return Client(LocalCluster(n_workers=os.cpu_count() or 1, threads_per_worker=1, dashboard_address=None))
    try:
        return Client(address, timeout=20)
    except (OSError, ValueError) as error:
        raise InputError(
            "--dask", found=f"`{address}`: {error}", allowed="tcp://HOST:PORT of a scheduler, or `local`"
        ) from None


class _Lines:
    """Progress as lines, for whoever reads a log."""

    def __init__(self, total: float, unit: str, desc: str) -> None:
        self.total, self.unit, self.desc, self.done, self.shown = total, unit, desc, 0.0, time.monotonic()

    def update(self, count: float) -> None:
        self.done += count
        if time.monotonic() - self.shown > 10 or self.done >= self.total:
            self.shown = time.monotonic()
            print(f"{self.desc}: {self.done:.0f} of {self.total:.0f}{self.unit}", file=sys.stderr)

    def close(self) -> None:
        pass


def main(arguments: Sequence[str] | None = None) -> int:
    """`undertow sweep PLAN --out DIR --dask ADDRESS` comes here."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m undertow.fleet", description=__doc__.split("\n")[0])
    parser.add_argument("verb", choices=["sweep", "calibrate"])
    parser.add_argument("plan")
    parser.add_argument("--out", required=True)
    parser.add_argument("--dask", required=True, help="tcp://HOST:PORT of a scheduler, or `local`")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        with connected(asked.dask) as client:
            work = sweep if asked.verb == "sweep" else calibrate
            found = work(asked.plan, asked.out, client, progress=None if asked.quiet else _Lines)
    except UndertowError as error:
        print(f"undertow: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("The same command goes on.", file=sys.stderr)
        return 130
    # What the command prints where it is alone.
    words = [asked.verb, asked.plan, "--out", asked.out, "--tables"]
    print(call([*words, "--json"] if asked.json else words, checked=False).results, end="")
    return 1 if asked.verb == "sweep" and found.result["failed"] == found.result["points"] else 0


if __name__ == "__main__":
    # As a module of its name: what workers are sent is found there.
    from undertow import fleet

    sys.exit(fleet.main())
