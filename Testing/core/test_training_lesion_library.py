"""Files of lesions: what is made of them, and every way in which one is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from GSSCore.errors import InputError, UsageError
from GSSCore.training.lesion_library import REACH_MM, library_for, make_library, read_library
from GSSCore.training.lesion_pasting_settings import LesionPastingSettings
from lesion_library import BOX, lesion_arrays, write_library


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    arrays, lesions = lesion_arrays(), read_library(write_library(tmp_path / "p.npz"))
    np.testing.assert_array_equal(lesions.images, arrays["z"])
    np.testing.assert_array_equal(lesions.labels, arrays["label"])
    assert (len(lesions), lesions.patients) == (3, 2)
    middles = arrays["corner"] + 5.5 * arrays["spacing"]
    np.testing.assert_allclose(BOX[0] + lesions.places * (BOX[1] - BOX[0]), middles)


def test_depth_is_the_distance_to_the_nearest_voxel_that_is_not_pasted() -> None:
    size = 7
    arrays = lesion_arrays(1, size)
    arrays["valid"][0, :1] = False
    arrays["label"][0, :1] = 0
    arrays["z"][0, :, 5, 5, 5] = 0.0
    spacing = arrays["spacing"]
    voxels = np.array(list(np.ndindex(size, size, size)))
    tumour = voxels[arrays["label"][0].ravel() > 0]

    def pasted(v: np.ndarray) -> bool:
        if not ((v >= 0) & (v < size)).all() or not arrays["valid"][0][tuple(v)] or (v == 5).all():
            return False
        rounded = ((np.abs(v - [3.5, 3, 3]) / [3, 3.5, 3.5]) ** 3).sum() <= 1
        return bool(rounded and np.linalg.norm((tumour - v) * spacing, axis=1).min() <= REACH_MM)

    grown = np.array(list(np.ndindex(size + 2, size + 2, size + 2))) - 1
    outside = np.array([v for v in grown if not pasted(v)])
    expected = [0.0 if not pasted(v) else np.linalg.norm((outside - v) * spacing, axis=1).min() for v in voxels]
    np.testing.assert_allclose(make_library(arrays).depth.ravel(), expected, rtol=2e-3)


def test_a_tumour_that_fills_its_lesion_is_rounded_off_and_reaches_no_face() -> None:
    arrays = lesion_arrays(1)
    arrays["label"][:] = 2
    depth = make_library(arrays).depth[0]
    assert depth[6, 6, 6] > 5.0
    assert 0.6 < (depth > 0).mean() < 0.8
    assert not depth[0, 0].any()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"label": None}, "label"),
        ({"patient": None}, "patient"),
        ({"z": None}, "lacks the array 'z'"),
        ({"z": np.zeros((3, 3, 12, 12, 12))}, "z has the shape"),
        ({"corner": np.zeros((2, 3))}, "corner has the shape"),
        ({"box": np.zeros(3)}, "box has the shape"),
        ({"label": np.zeros(())}, "shape"),
        ({"label": np.full((3, 12, 12, 12), 4)}, "0 to 3"),
        ({"corner": np.full((3, 3), np.nan)}, "not finite"),
        ({"z": np.full((3, 4, 12, 12, 12), 1e6)}, "z-scores"),
        ({"spacing": np.array([1.0, 0.0, 1.0])}, "not positive"),
        ({"box": BOX[::-1]}, "not positive"),
        ({"patient": np.array([None, 1, 2])}, "pickle"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    path = write_library(tmp_path / "p.npz", **changes)
    with pytest.raises(InputError, match=says) as refused:
        read_library(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"no archive at all", None, "cut", "array"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "p.npz"
    if content == "cut":
        write_library(path)
        path.write_bytes(path.read_bytes()[:5000])
    elif content == "array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"p\.npz"):
        read_library(path)


def test_recipe_and_file_must_go_together(tmp_path: Path) -> None:
    assert library_for(LesionPastingSettings(), None) is None
    with pytest.raises(UsageError, match="--lesions FILE"):
        library_for(LesionPastingSettings(probability=0.5), None)
    with pytest.raises(UsageError, match="leave --lesions out"):
        library_for(LesionPastingSettings(), tmp_path / "p.npz")
    assert len(library_for(LesionPastingSettings(probability=0.5), write_library(tmp_path / "p.npz")) or ()) == 3
