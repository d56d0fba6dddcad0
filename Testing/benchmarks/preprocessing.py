"""From four files to the normalised crop, against MONAI's transforms in the form of its BraTS bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from monai.transforms import (
    Compose,
    CropForegroundd,
    EnsureTyped,
    LoadImaged,
    NormalizeIntensityd,
    Orientationd,
)

from GSSCore.preprocessing.pipeline import preprocess
from GSSCore.study.study import Study
from timing import Timing, interleaved, table


def compare(files: dict[str, Path], rounds: int) -> tuple[str, dict[str, Timing]]:
    """Return the table and the timings behind it; `files` are given by modality, uncompressed or not, as they are."""
    transforms = Compose(
        [
            LoadImaged("image", ensure_channel_first=True, image_only=True),
            EnsureTyped("image"),
            Orientationd("image", axcodes="RAS"),
            CropForegroundd("image", source_key="image", allow_smaller=True),
            NormalizeIntensityd("image", nonzero=True, channel_wise=True),
        ]
    )

    def monai() -> Any:
        return transforms({"image": [str(path) for path in files.values()]})

    base = "MONAI's BraTS transforms"
    timings = interleaved({base: monai, "GSSCore": lambda: preprocess(Study.from_files(**files))}, rounds)
    return table(timings, base), timings
