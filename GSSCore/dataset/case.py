"""A case of a data set: the file of each modality, the segmentation that is the truth, and what its values mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from GSSCore.errors import InputError
from GSSCore.imaging.arrays import Affine, Array
from GSSCore.imaging.reading import read_stack
from GSSCore.imaging.volume import Volume
from GSSCore.messages import Message
from GSSCore.study.labels import LabelMap, spelt
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES, Label, Modality, Subset, subset

_STUDY_OF_PATIENT = re.compile(r"(BraTS-[A-Za-z]+-\d+)-\d+|(UPENN-GBM-\d+)_\d+|(sub-[^_]+)_ses-.+")


@dataclass(frozen=True)
class ImageFile:
    """Where an image is.

    Attributes:
        path: the file.
        volume: which volume of a four-dimensional file, from 0; None for a file of three dimensions.
        volumes: how many volumes the file has, as the data set describes it.
    """

    path: Path
    volume: int | None = None
    volumes: int = 1


@dataclass(frozen=True)
class Case:
    """A study with an expert segmentation.

    Attributes:
        name: unique within its data set.
        images: the image of each modality that the case has, in the order of `MODALITIES`.
        truth: the segmentation's file.
        label_map: what the data set itself declares of the segmentation's values; None when it says nothing.
        declared_in: the file that declares them.
        fault: why the data set's declaration can't be used, with what to do; None when it can, or there is none. It
            does not matter when the user declares the labels.
    """

    name: str
    images: Mapping[Modality, ImageFile]
    truth: Path
    label_map: LabelMap | None = None
    declared_in: Path | None = None
    fault: Message | None = None

    @property
    def available(self) -> Subset:
        """The modalities that the case has."""
        return subset(self.images)

    @property
    def patient(self) -> str:
        """The patient: the case's name without the part that numbers the studies of one patient, see `patient_of`."""
        return patient_of(self.name)

    @property
    def files(self) -> tuple[Path, ...]:
        """All files, each once, the truth last."""
        return (*dict.fromkeys(image.path for image in self.images.values()), self.truth)

    def study(self) -> Study:
        """Read the images.

        Raises:
            InputError: as `Study.from_files`, with the case named.
        """
        try:
            stacks = {image.path for image in self.images.values() if image.volume is not None}
            if not stacks:
                paths = {modality: image.path for modality, image in self.images.items()}
                return Study.from_files(*(paths.get(modality) for modality in MODALITIES))
            volumes = {path: read_stack(path) for path in stacks}
            return Study.from_arrays({m: _volume(volumes, image, m) for m, image in self.images.items()})
        except InputError as fault:
            raise of_case(self.name, fault) from fault

    def labels(self, declared: LabelMap | None, default: LabelMap | None = None) -> LabelMap:
        """Return what the values of the truth mean: what the user declares, else the data set, else the default.

        Raises:
            InputError: when nothing declares it, when only the data set does and that can't be used, or when user and
                data set contradict each other.
        """
        if declared is None and self.fault is not None:
            raise of_case(self.name, self.fault)
        if declared is None and self.label_map is None:
            if default is not None:
                return default
            raise InputError(
                Message(
                    "dataset.no-label-map",
                    "Case {case}: nothing says what the values in {file} mean; declare them, for example "
                    "NCR=1,ED=2,ET=4 for BraTS data up to 2021, NCR=1,ED=2,ET=3 from 2023 on.",
                    case=self.name,
                    file=self.truth.name,
                )
            )
        if declared is None or self.label_map is None:
            return declared or self.label_map or {}
        if _tumour(declared) != _tumour(self.label_map):
            raise InputError(
                Message(
                    "dataset.labels-contradict",
                    "Case {case}: the declared labels {declared} contradict {file}, which says {described}; correct "
                    "one of them, or declare none.",
                    case=self.name,
                    declared=spelt(declared),
                    file=self.declared_in,
                    described=spelt(self.label_map),
                )
            )
        return declared


def of_case(name: str, fault: InputError | Message) -> InputError:
    """Return a refusal that names the case it is about."""
    return InputError(Message("dataset.of-case", "Case {case}: {text}.", case=name, text=str(fault).removesuffix(".")))


def no_case(datasets: Sequence[Path | str], name: str, near: Sequence[str], missing: int) -> Message:
    """Return the refusal of a case that no data set holds.

    Args:
        datasets: the folders.
        name: of the case.
        near: names that are similar.
        missing: how many of the named cases are missing in all.
    """
    if near:
        return Message(
            "dataset.no-case-like",
            "There is no case '{case}' in {folders}, the nearest name is {near}: correct the name, add its folder, or "
            "take the name out ({count} missing in all).",
            case=name,
            folders=[str(folder) for folder in datasets],
            near=near[0],
            count=missing,
        )
    return Message(
        "dataset.no-case",
        "There is no case '{case}' in {folders}: add its folder, or take the name out ({count} missing in all).",
        case=name,
        folders=[str(folder) for folder in datasets],
        count=missing,
    )


def _volume(volumes: Mapping[Path, list[Volume]], image: ImageFile, modality: Modality) -> tuple[Array, Affine]:
    found = volumes[image.path]
    if image.volume is None:
        return found[0].array, found[0].affine
    if len(found) != image.volumes or image.volume >= len(found):
        raise InputError(
            Message(
                "dataset.volumes",
                "{file} holds {count} volumes, and the data set's description names {named} channels, of which "
                "{sequence} is number {number}, counted from 0: correct the description.",
                file=image.path,
                count=len(found),
                named=image.volumes,
                sequence=modality.display,
                number=image.volume,
            )
        )
    return found[image.volume].array, found[image.volume].affine


def patient_of(name: str) -> str:
    """Return the patient of a case: its name, without the time point in names of BraTS from 2023 on, UPENN-GBM, BIDS.

    `BraTS-GLI-00005-000` and `-001` are one patient, as are `UPENN-GBM-00001_11` and `_21`, `sub-01_ses-1` and
    `sub-01_ses-2`. Of other names, each is a patient.
    """
    found = _STUDY_OF_PATIENT.fullmatch(name)
    return next(group for group in found.groups() if group) if found else name


def is_there(path: Path) -> bool:
    """Tell whether there is a file, or a link to one.

    A link whose target was not fetched (git-annex, DataLad) counts as there, and is refused when it is read: it is no
    missing modality.
    """
    return path.is_file() or path.is_symlink()


def ordered(images: Mapping[Modality, ImageFile]) -> dict[Modality, ImageFile]:
    """Return the images in the order of `MODALITIES`."""
    return {modality: images[modality] for modality in MODALITIES if modality in images}


def _tumour(labels: LabelMap) -> dict[int, Label]:
    return {value: label for value, label in labels.items() if label is not Label.BACKGROUND}
