"""Training samples: case, modalities, crop and augmentation are drawn from (seed, epoch, index) alone.

So a sample does not depend on what was drawn before it: a resumed training sees the samples of an uninterrupted one,
and the number of worker processes changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Index
from GSSCore.messages import Message
from GSSCore.training.augmentation import Parameters, draw
from GSSCore.training.augmentation_settings import AugmentationSettings
from GSSCore.training.crop import crop_frame, take
from GSSCore.training.distributed import SINGLE_PROCESS, Distributed
from GSSCore.training.imperfect_masks import spoil_mask
from GSSCore.training.intensities import vary_intensities, weaken_enhancement
from GSSCore.training.lesion_pasting import Pasting, draw_lesions, paste
from GSSCore.training.missing import draw_subset, inherently_incomplete
from GSSCore.training.preprocessed_case import PreprocessedCase
from GSSCore.training.recipe import DataRecipe
from GSSCore.vocabulary import MODALITIES, Modality, Subset, subset, subset_mask

CPU = torch.device("cpu")

_CASES, _SUBSETS, _SAMPLE, _META, _LESIONS = 0, 1, 2, 3, 4
"""Independent streams of random numbers: none depends on how much another has drawn."""


@dataclass(frozen=True)
class Sample:
    """One training sample, or several stacked along a first axis.

    Attributes:
        images: (M, D, H, W) float32, zero where missing.
        labels: (D, H, W) uint8.
        available: bool (M,).
        names: of the cases.
    """

    images: Tensor
    labels: Tensor
    available: Tensor
    names: tuple[str, ...]

    def part(self, which: slice) -> Sample:
        """Return some of several stacked samples."""
        return Sample(self.images[which], self.labels[which], self.available[which], self.names[which])

    def pin_memory(self) -> Sample:
        """Return a copy in pinned memory, which a GPU reads while it computes; the loader calls this by its name."""
        images, labels, available = (t.pin_memory() for t in (self.images, self.labels, self.available))
        return Sample(images, labels, available, self.names)


def collate(samples: Sequence[Sample]) -> Sample:
    """Stack samples into a batch."""
    return Sample(
        torch.stack([s.images for s in samples]),
        torch.stack([s.labels for s in samples]),
        torch.stack([s.available for s in samples]),
        tuple(name for s in samples for name in s.names),
    )


class TrainingData(Dataset[Sample]):
    """The samples of a whole training, numbered from 0: sample i is the (i mod n)-th of epoch i // n.

    Sample i + `samples` corrects sample i where the method needs that (see `MethodRecipe`). It is of another case and
    drawn from streams of its own.

    Samples are made on `device`. A GPU draws other noise than a CPU and rounds differently; all else is the same. It
    holds all cases in its memory, 22 to 34 MB each; a CPU reads them from the disk.
    """

    def __init__(
        self,
        cases: Sequence[PreprocessedCase],
        data: DataRecipe,
        augmentation: AugmentationSettings,
        seed: int,
        samples: int,
        meta_masks: Literal["full", "random"] = "full",
        pasting: Pasting | None = None,
        device: torch.device = CPU,
    ) -> None:
        if not cases:
            raise InputError(
                Message(
                    "training.no-case",
                    "There is no case to train on: name a folder that holds studies with label maps.",
                )
            )
        self.cases = inherently_incomplete(cases, data, seed)
        self.data, self.augmentation, self.seed, self.samples = data, augmentation, seed, samples
        self.meta_masks, self.pasting = meta_masks, pasting
        self.device = device
        held = () if device.type == CPU.type else self.cases
        self._held = {case.folder: _hold(case, device) for case in held}

    def __len__(self) -> int:
        return 2 * self.samples

    def __getitem__(self, number: int) -> Sample:
        meta, number = divmod(number, self.samples)
        epoch, index = divmod(number, len(self.cases))
        # Ordinary samples keep the streams that they had before there were correcting ones.
        stream: tuple[int, ...] = (_META,) if meta else ()
        order = np.random.default_rng((self.seed, *stream, _CASES, epoch)).permutation(len(self.cases))
        case = self.cases[order[index]]
        rng = np.random.default_rng((self.seed, *stream, _SUBSETS, epoch, index))
        available = self._subset(case, bool(meta), rng)
        rng = np.random.default_rng((self.seed, *stream, _SAMPLE, epoch, index))
        lesions = np.random.default_rng((self.seed, *stream, _LESIONS, epoch, index))
        return self._sample(case, available, rng, lesions)

    def _subset(self, case: PreprocessedCase, meta: bool, rng: np.random.Generator) -> Subset:
        """Return the modalities of a sample: a subset of its case's."""
        if meta:
            return case.modalities if self.meta_masks == "full" else draw_subset(rng, case.modalities, 0.0)
        if self.data.missing == "fixed":
            return case.modalities
        return draw_subset(rng, case.modalities, self.data.full_probability)

    def _sample(
        self, case: PreprocessedCase, available: Subset, rng: np.random.Generator, lesions: np.random.Generator
    ) -> Sample:
        centre = self._centre(case, rng)
        parameters = draw(rng, self.augmentation)
        read = _read(case, available, parameters)
        channels = [m.channel for m in read]
        images, labels = self._held[case.folder] if self._held else (case.images, case.labels)
        image, labels = take(images[channels], labels, centre, self.data.crop, parameters)
        if self.pasting is not None:
            drawn = draw_lesions(lesions, self.pasting.settings, len(self.pasting.lesions))
            frame = crop_frame(centre, self.data.crop, case.labels.shape, parameters)
            image, labels = paste(image, labels, channels, frame, self.pasting, drawn)
        by_modality = dict(zip(read, image, strict=True))
        if parameters.enhancement is not None and {Modality.T1, Modality.T1CE} <= set(read):
            t1ce, t1 = by_modality[Modality.T1CE], by_modality[Modality.T1]
            by_modality[Modality.T1CE] = weaken_enhancement(t1ce, t1, parameters.enhancement)
        varied = image.new_zeros((len(MODALITIES), *self.data.crop))
        for m in available:
            varied[m.channel] = vary_intensities(by_modality[m], parameters.intensities[m.channel])
        if parameters.mask is not None:
            varied, labels = spoil_mask(varied, labels, parameters.mask)
        return Sample(varied, labels, torch.tensor(subset_mask(available), device=varied.device), (case.name,))

    def _centre(self, case: PreprocessedCase, rng: np.random.Generator) -> Index:
        """Draw the middle of a crop: near a tumour voxel or anywhere, with the crop inside the case if it fits."""
        shape = np.array(case.labels.shape)
        near, voxel = rng.random() < self.data.tumour_centred, rng.random()
        jitter = rng.integers(-self.data.jitter, self.data.jitter + 1, 3)
        centre = rng.integers(0, shape)
        if near and len(case.tumour):
            flat = case.tumour[int(voxel * len(case.tumour))]
            centre = np.array(np.unravel_index(flat, case.labels.shape)) + jitter
        crop = np.array(self.data.crop)
        low, high = crop // 2, shape - (crop - crop // 2)
        inside = np.clip(centre, low, np.maximum(high, low))
        d, h, w = np.where(crop <= shape, inside, shape // 2)
        return int(d), int(h), int(w)


def _hold(case: PreprocessedCase, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the images and the labels of a case in the memory of a device."""
    return torch.from_numpy(np.array(case.images)).to(device), torch.from_numpy(case.labels).to(device)


def _read(case: PreprocessedCase, available: Subset, parameters: Parameters) -> Subset:
    """Return the modalities to read: those of the sample, and T1 of the case where it is to weaken T1ce."""
    if parameters.enhancement is None or Modality.T1CE not in available or Modality.T1 not in case.modalities:
        return available
    return subset((*available, Modality.T1))


def batches(
    first: int, steps: int, batch: int, meta_from: int = 0, distributed: Distributed = SINGLE_PROCESS
) -> list[list[int]]:
    """Return the sample numbers of one process in the steps from `first` up to `steps`.

    Args:
        first, steps: see above.
        batch: samples per step, of all processes together.
        meta_from: number of the first correcting sample; they follow the samples of each step. 0 for none.
        distributed: the processes.
    """
    own = [distributed.share(range(step * batch, (step + 1) * batch)) for step in range(first, steps)]
    return [[*numbers, *(number + meta_from for number in numbers)] if meta_from else [*numbers] for numbers in own]
