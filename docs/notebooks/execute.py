"""Executes the notebooks of this folder and fails where a cell raises. The stored files are not changed.

python docs/notebooks/execute.py                      # all of them
python docs/notebooks/execute.py day own-book         # some
python docs/notebooks/execute.py --write executed     # and keeps the executed copies
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
SECONDS = 600


def stored(notebook: nbformat.NotebookNode) -> list[str]:
    """What a stored notebook must not have."""
    return [
        f"cell {cell.get('id', number)} is stored with outputs or a count"
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None)
    ]


def execute(path: Path, write: Path | None) -> list[str]:
    """Runs a notebook from its folder: what was wrong."""
    notebook = nbformat.read(path, as_version=4)
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        return [f"no valid notebook: {error.message}"]
    wrong = stored(notebook)
    if wrong:
        return wrong
    client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(HERE)}})
    try:
        client.execute()
    except Exception as error:
        wrong = [str(error).strip() or repr(error)]
    if write is not None:
        nbformat.write(notebook, write / path.name)
    return wrong


def main() -> int:
    known = {path.stem: path for path in sorted(HERE.glob("*.ipynb"))}
    parser = argparse.ArgumentParser(description="Executes the notebooks of this folder.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="of " + ", ".join(known) + "; without one all")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="keeps executed copies there, outside of this folder")
    asked = parser.parse_args()
    names = [name.removesuffix(".ipynb") for name in asked.names] or list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"no notebook {', '.join(unknown)}; known: {', '.join(known)}")
    if asked.write is not None:
        if asked.write.resolve() == HERE:
            parser.error("--write names the folder of the stored notebooks")
        asked.write.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in names:
        began = time.monotonic()
        wrong = execute(known[name], asked.write)
        failed += bool(wrong)
        print(f"{name:<14} {time.monotonic() - began:6.1f} s  {'FAILED' if wrong else 'ok'}", flush=True)
        for line in wrong:
            print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
