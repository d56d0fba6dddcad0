"""Keeps the translations up to date: `python Testing/panel/translations.py` collects the texts and compiles the files.

The contexts are those that Slicer uses: the class of the form for a .ui file, the module's path for a Python file. What
the library and the module say by a `Message` has a context of its own, and its template is the text.
Texts that are new are marked as unfinished in the .ts file, for a translator, and a test fails until they are done.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "GSSCore"
MODULE = ROOT / "GSSSegmentation"
sys.path[:0] = [str(ROOT), str(MODULE)]

from GSSCore.measurements import Side  # noqa: E402
from GSSCore.messages import AND  # noqa: E402
from GSSCore.networks.card import PRETRAINED, SHIPPED  # noqa: E402
from GSSCore.vocabulary import RESEARCH_USE, Confidence, Label, Region  # noqa: E402
from GSSSegmentationLib.settings import panel_options, tooltip  # noqa: E402

FOLDER = MODULE / "Resources" / "Translations"
LANGUAGES = ("de",)

CONTEXT = "GSSCore"
"""Of messages, see `GSSSegmentationLib.translation`."""

ELSEWHERE = (
    *("cli", "cohort", "dataset", "dicom", "evaluation", "gss", "phantom", "sequences", "training"),
    *("study/folder.py", "study/labels.py"),
    *(
        f"imaging/{reader}.py"
        for reader in ("headers", "metaimage", "nifti", "not_images", "nrrd", "reading", "streams")
    ),
)
"""Parts of the library whose messages the panel never shows: it hands over files of its own, and names no folders."""

Texts = dict[str, list[str]]
"""Texts by context, each once, in the order in which they occur."""


def collected() -> Texts:
    """Return all texts that the panel may show."""
    texts: Texts = {}

    def add(context: str, text: str) -> None:
        if text not in texts.setdefault(context, []):
            texts[context].append(text)

    for path in sorted(MODULE.rglob("*.ui")):
        root = ElementTree.parse(path).getroot()
        fixed = {s for names in root.iter("stringlist") if names.get("notr") == "true" for s in names.iter("string")}
        for string in root.iter("string"):
            if string not in fixed and string.get("notr") != "true" and (string.text or "").strip():
                add(root.findtext("class") or "", string.text or "")
    for path in sorted(MODULE.rglob("*.py")):
        package = f"{path.parent.name}." if (path.parent / "__init__.py").is_file() else ""
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                (argument,) = node.args
                if not isinstance(argument, ast.Constant):
                    raise SystemExit(f"{path}, line {node.lineno}: only a plain text can be translated")
                add(f"{package}{path.stem}", argument.value)
    for text in sorted(library_texts()):  # by the alphabet, or a file that moves would change the order
        add(CONTEXT, text)
    return texts


def library_texts() -> list[str]:
    """Return what the library may say to the panel: templates, words of the report, names, and the shipped card."""
    found = [AND]
    elsewhere = [LIBRARY / part for part in ELSEWHERE]
    library = [path for path in LIBRARY.rglob("*.py") if not {path, *path.parents} & set(elsewhere)]
    for path in sorted([*library, *MODULE.rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                words = {"Message": node.args[1:2], "tr": node.args[:1]}.get(node.func.id, [])
                found += [str(word.value) for word in words if isinstance(word, ast.Constant)]
    found += [tooltip(option) for option in panel_options()]
    found += [RESEARCH_USE, *(one.display for kind in (Region, Label, Confidence, Side) for one in kind)]
    card = json.loads((PRETRAINED / SHIPPED / "card.json").read_text(encoding="utf-8"))
    found += [*card.get("limits", []), *filter(None, [card.get("evaluated_on")])]
    return [text for text in found if text != "{text}"]  # of what has no code


def read(path: Path) -> dict[tuple[str, str], str]:
    """Return the finished translations of a .ts file by context and text."""
    if not path.is_file():
        return {}
    found = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is not None and translation.get("type") is None and translation.text:
                key = (context.findtext("name") or "", message.findtext("source") or "")
                found[key] = translation.text
    return found


def written(texts: Texts, translations: dict[tuple[str, str], str], language: str) -> str:
    """Return the content of a .ts file; texts that are not used any more are left out."""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    for name, sources in sorted(texts.items()):
        context = ElementTree.SubElement(root, "context")
        ElementTree.SubElement(context, "name").text = name
        for source in sources:
            message = ElementTree.SubElement(context, "message")
            ElementTree.SubElement(message, "source").text = source
            translation = ElementTree.SubElement(message, "translation")
            translation.text = translations.get((name, source))
            if translation.text is None:
                translation.set("type", "unfinished")
    ElementTree.indent(root, " ")
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    return head + ElementTree.tostring(root, encoding="unicode") + "\n"


def main() -> None:
    """Collect and compile."""
    for language in LANGUAGES:
        path = FOLDER / f"GSSSegmentation_{language}.ts"
        path.write_text(written(collected(), read(path), language), encoding="utf-8", newline="\n")
        table = {text: words for (context, text), words in read(path).items() if context == CONTEXT}
        words = json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        path.with_suffix(".json").write_text(words, encoding="utf-8", newline="\n")
        release = Path(sys.executable).with_name("pyside6-lrelease")
        subprocess.run([release, "-silent", path, "-qm", path.with_suffix(".qm")], check=True)


if __name__ == "__main__":
    main()
