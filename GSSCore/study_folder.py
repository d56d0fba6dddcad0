"""Which file of a case folder is which modality, by the names that data sets give them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from GSSCore.errors import InputError
from GSSCore.vocabulary import MODALITIES, Modality

EXTENSIONS = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd")
"""The endings of a file that may hold an image, the longest first."""

SEGMENTATION = ".seg.nrrd"
"""The ending of Slicer's segmentations, which are no images: those of this project's own results are among them."""

TRUTH_NAMES = ("seg", "segm", "ot")
"""Last word of an expert segmentation's name: `seg` from BraTS 2017 on, `segm` in one case of 2020, `ot` up to 2016."""

_SERIES_NUMBER = re.compile(r"\.\d+$")
_MODALITY_OF = {name: modality for modality in MODALITIES for name in modality.file_names}


def find_files(folder: Path | str) -> dict[Modality, Path]:
    """Return the image of each modality that a case folder holds, in the order of `MODALITIES`.

    Known are the names of BraTS 2012 to 2016 (`VSD.Brain.XX.O.MR_T1c.54514.mha`, each in a folder of its own), 2017 to
    2021 (`<case>_t1ce.nii.gz`) and 2023 on (`<case>-t1c.nii.gz`), in upper or lower case, and the bare `t1ce.nii.gz`.
    Every other file is ignored, segmentations among them.

    Raises:
        InputError: when there is no such folder, no modality in it, or more than one file for a modality.
    """
    folder = _existing(folder)
    found = _candidates(folder)
    for modality, paths in found.items():
        if len(paths) > 1:
            raise InputError(
                f"{folder} holds more than one {modality.display}, {_listed(paths)}: "
                "keep one of them in the folder, or name the files one by one."
            )
    if not any(found.values()):
        raise InputError(
            f"{folder} holds no FLAIR, T1ce, T1 or T2 under a known name, such as case_flair.nii.gz or case-t2f.nii.gz"
            ": rename the files so, or name them one by one."
        )
    return {modality: paths[0] for modality, paths in found.items() if paths}


def holds_study(folder: Path | str) -> bool:
    """Tell whether a folder holds an image under a name that says its modality, be it one too many.

    Raises:
        InputError: when there is no such folder.
    """
    return any(_candidates(_existing(folder)).values())


def find_truth(folder: Path | str) -> Path | None:
    """Return the expert segmentation in a case folder, `<case>_seg.nii.gz` or the like; None when there is none.

    Raises:
        InputError: when there is no such folder, or more than one segmentation in it.
    """
    folder = _existing(folder)
    paths = [path for path in _images(folder) if _last_word(path) in TRUTH_NAMES]
    if len(paths) > 1:
        raise InputError(
            f"{folder} holds more than one segmentation, {_listed(paths)}: keep one of them in the folder."
        )
    return paths[0] if paths else None


def _candidates(folder: Path) -> dict[Modality, list[Path]]:
    """Return all images of each modality that a folder holds."""
    found: dict[Modality, list[Path]] = {modality: [] for modality in MODALITIES}
    for path in _images(folder):
        modality = _MODALITY_OF.get(_last_word(path))
        if modality is not None:
            found[modality].append(path)
    return found


def _existing(folder: Path | str) -> Path:
    """Return `folder` as a path, or refuse what is no folder."""
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: check the name of the case folder.")
    return folder


def _images(folder: Path) -> Iterator[Path]:
    """Yield the image files of a case, sorted, without hidden ones: macOS leaves `._case_t1.nii.gz` beside a file."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and path.name.startswith("VSD."):
            yield from _images(path)
        elif path.is_file() and path.name.lower().endswith(EXTENSIONS) and not path.name.lower().endswith(SEGMENTATION):
            yield path


def _last_word(path: Path) -> str:
    """Return the last word of a file's name, without extension and series number: `t1c` of `MR_T1c.54514.mha`."""
    name = path.name.lower()
    extension = next(e for e in EXTENSIONS if name.endswith(e))
    stem = _SERIES_NUMBER.sub("", name[: -len(extension)])
    return re.split(r"[_.\- ]", stem)[-1]


def _listed(paths: list[Path]) -> str:
    return " and ".join(path.name for path in paths)
