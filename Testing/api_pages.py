"""Writes pages of the library's interface from its docstrings: `python Testing/api_pages.py [FOLDER]`, or `make api`.

Start at FOLDER/index.html; the default is build/api. pdoc does the work.
"""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pdoc.doc
import pdoc.render

import GSSCore
from GSSCore.vocabulary import RESEARCH_USE

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = ("GSSCore.__main__", "GSSCore.cli")
"""The command line explains itself with `--help`."""


def names() -> list[str]:
    """Return the names of the package and of all its modules but those that are left out."""
    found = pkgutil.walk_packages(GSSCore.__path__, prefix="GSSCore.")
    return ["GSSCore", *(one.name for one in found if not one.name.startswith(LEFT_OUT))]


def write(folder: Path) -> Path:
    """Write the pages, and return the one to begin with."""
    modules = {name: pdoc.doc.Module(_loaded(name)) for name in names()}
    pdoc.render.configure(docformat="google", footer_text=RESEARCH_USE, show_source=False, include_undocumented=False)
    # `pdoc.pdoc` would leave out the modules of packages that name what they offer.
    for name, module in modules.items():
        path = folder / f"{name.replace('.', '/')}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pdoc.render.html_module(module, modules), encoding="utf-8")
    (folder / "search.js").write_text(pdoc.render.search_index(modules), encoding="utf-8")
    (folder / "index.html").write_text(pdoc.render.html_index(modules), encoding="utf-8")
    return folder / "index.html"


def _loaded(name: str) -> ModuleType:
    """Return a module with all that it offers, in a form that pdoc sees.

    Packages load their names when they are asked for. One that says what it offers has to offer its modules too, or
    their pages would be linked from nowhere.
    """
    module = import_module(name)
    offered = getattr(module, "__all__", None)
    if offered is not None:
        for one in offered:
            setattr(module, one, getattr(module, one))
        inner = [found.name for found in pkgutil.iter_modules(getattr(module, "__path__", ()))]
        shown = [one for one in inner if f"{name}.{one}" not in LEFT_OUT and one not in offered]
        module.__all__ = [*offered, *shown]
    return module


if __name__ == "__main__":
    print(write(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "build" / "api"))
