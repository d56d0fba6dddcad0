"""A modality that shows a part of the brain is warned about; one that shows next to nothing is left out."""

from __future__ import annotations

import numpy as np
import pytest

from GSSCore.errors import InputError
from GSSCore.messages import as_message
from GSSCore.study.study import Study
from GSSCore.vocabulary import Modality
from study_heads import centred_affine, head

SHAPE = (84, 100, 80)
AFFINE = centred_affine(SHAPE, (2.0, 2.0, 2.0))
IMAGES = head(SHAPE, AFFINE)


def about_coverage(study: Study) -> list[str]:
    """The warnings about it alone: without its tumour, a drawn T1ce is all but the T1, and a slab is small."""
    others = ("study.alike", "study.small-brain")
    return [w for w in study.warnings if as_message(w).code not in others]


def upper(image: np.ndarray, share: float) -> np.ndarray:
    """The uppermost part of the brain, about that share of it."""
    heights = np.argwhere(image)[:, 2]
    cut = image.copy()
    cut[:, :, : int(np.quantile(heights, 1 - share))] = 0
    return cut


def study_of(images: dict[Modality, np.ndarray], **more: object) -> Study:
    return Study.from_arrays({m: (image, AFFINE) for m, image in images.items()}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [0.8, 0.5, 0.2])
@pytest.mark.parametrize("partial", list(Modality))
def test_a_part_of_the_brain_is_said_with_its_share_whichever_the_reference_is(partial: Modality, share: float) -> None:
    study = study_of({**IMAGES, partial: upper(IMAGES[partial], share)})
    (warning,) = about_coverage(study)
    said = int(warning.split("shows ")[1].split("%")[0])
    assert warning.startswith(f"{partial.display}: ") and said == pytest.approx(100 * share, abs=4)
    assert study.available == tuple(Modality)


def test_nearly_all_of_the_brain_is_all_of_it() -> None:
    assert study_of({**IMAGES, Modality.T1CE: upper(IMAGES[Modality.T1CE], 0.95)}).warnings == ()


@pytest.mark.parametrize("layered", [Modality.FLAIR, Modality.T1CE])
def test_layers_between_empty_ones_are_no_whole_brain(layered: Modality) -> None:
    fine = {m: image.repeat(2, 0).repeat(2, 1).repeat(2, 2) for m, image in IMAGES.items()}
    fine[layered] = fine[layered].copy()
    fine[layered][:, :, 1::2] = 0
    study = Study.from_arrays({m: (image, centred_affine(image.shape, (1.0, 1.0, 1.0))) for m, image in fine.items()})
    (warning,) = about_coverage(study)
    assert warning.startswith(f"{layered.display}: the array given shows 50% of the brain only")


def test_layers_that_all_fall_between_those_looked_at_are_not_called_too_short() -> None:
    image = IMAGES[Modality.T1CE].copy()
    image[:, :, ::2] = 0
    study = study_of({**IMAGES, Modality.T1CE: image})
    assert ["50% of the brain" in w for w in about_coverage(study)] == [True]


def test_a_sliver_is_left_out_and_named() -> None:
    study = study_of({**IMAGES, Modality.T1CE: upper(IMAGES[Modality.T1CE], 0.05)})
    assert study.available == (Modality.FLAIR, Modality.T1, Modality.T2)
    assert tuple(study.sources) == tuple(Modality)  # it was read: a report has its hash
    (warning,) = about_coverage(study)
    assert warning.startswith("T1ce: the array given shows") and "was left out" in warning


@pytest.mark.parametrize("away", ["too high", "axis reversed"])
def test_one_that_lies_nearly_elsewhere_is_left_out_not_the_reference(away: str) -> None:
    affine = AFFINE.copy()
    if away == "too high":
        affine[2, 3] += 110.0
    else:
        affine[:3, 2] *= -1.0
        affine[2, 3] = -40.0
    study = Study.from_arrays({"flair": (IMAGES[Modality.FLAIR], AFFINE), "t1ce": (IMAGES[Modality.T1CE], affine)})
    assert study.available == (Modality.FLAIR,)
    assert any("T1ce" in w and "was left out" in w for w in study.warnings)


def test_a_sliver_as_the_reference_is_refused() -> None:
    images = {**IMAGES, Modality.FLAIR: upper(IMAGES[Modality.FLAIR], 0.05)}
    with pytest.raises(InputError, match=r"^FLAIR: .*% of the brain only and can not be the reference; choose"):
        study_of(images)
    assert Modality.FLAIR not in study_of(images, reference="t1ce").available


def test_next_to_nothing_in_any_image_is_refused_in_a_sentence() -> None:
    dots = np.zeros((32, 32, 32), np.int16)
    dots[1, 1, 1], dots[29, 29, 29] = 5, 9  # between the voxels of a thumbnail
    with pytest.raises(InputError, match=r"FLAIR: .* of the brain only"):
        Study.from_arrays({"flair": (dots, np.eye(4)), "t2": (dots[::-1] + 0, np.eye(4))})


def test_a_slab_of_all_of_them_and_a_head_beside_a_brain_say_nothing_of_it() -> None:
    slab = (slice(None), slice(None), slice(36, 44))
    assert about_coverage(study_of({m: image[slab] for m, image in IMAGES.items()})) == []
    whole = np.where(IMAGES[Modality.T2] > 0, IMAGES[Modality.T2], 40 + np.arange(SHAPE[0])[:, None, None])
    warnings = study_of({**IMAGES, Modality.T2: whole}).warnings
    assert not any("of the brain only" in w for w in warnings) and any("not skull-stripped" in w for w in warnings)
