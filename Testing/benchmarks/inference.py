"""The project's inference policy against MONAI's sliding window, with the same network and weights.

MONAI gets its recommended form: windows of 80 x 80 x 80, Gaussian weights, overlap 0.5, the faster of one and four
windows at a time, our memory layout and threads, argmax at the end; confidence is off on our side.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import torch
from monai.inferers import sliding_window_inference
from torch import Tensor

from GSSCore.inference.aggregator import winning_class
from GSSCore.inference.predictor import Predictor
from GSSCore.inference.settings import InferenceSettings
from GSSCore.networks.bundle import Network
from GSSCore.preprocessing.pipeline import preprocess
from GSSCore.preprocessing.preprocessed import Preprocessed
from GSSCore.study.study import Study
from GSSCore.vocabulary import MODALITIES
from timing import Timing, interleaved, table

ROI = (80, 80, 80)
OVERLAP = 0.5
DEFAULT = InferenceSettings(device="cpu", confidence=False)
HALF_OVERLAP = InferenceSettings(device="cpu", confidence=False, window=(128, 128, 128), overlap=OVERLAP)


def compare(study: Study, network: Network, rounds: int) -> tuple[str, dict[str, Timing]]:
    """Return the table and the timings behind it."""
    preprocessed = preprocess(study, network.preprocessing)
    whole, crop = _whole_volume(study), torch.from_numpy(preprocessed.images)[None]
    module = copy.deepcopy(network.module).to(memory_format=torch.channels_last_3d)
    batch = _faster_batch(module, whole)
    base = f"MONAI, fp32, whole volume, overlap {OVERLAP}"
    timings = interleaved(
        {
            base: _monai(module, whole, batch, half=False),
            f"MONAI, bf16, whole volume, overlap {OVERLAP}": _monai(module, whole, batch, half=True),
            f"MONAI, bf16, brain crop, overlap {OVERLAP}": _monai(module, crop, batch, half=True),
            f"GSSCore, windows of 128, overlap {OVERLAP}": _ours(network, preprocessed, HALF_OVERLAP),
            "GSSCore, default policy": _ours(network, preprocessed, DEFAULT),
        },
        rounds,
    )
    head = f"Volume {tuple(whole.shape[2:])}, brain crop {tuple(crop.shape[2:])}, MONAI's sw_batch_size {batch}.\n\n"
    return head + table(timings, base), timings


def _whole_volume(study: Study) -> Tensor:
    """The uncropped volume, each modality z-scored over its brain: what MONAI's inferer is usually given."""
    images = np.zeros((1, len(MODALITIES), *study.grid.shape), np.float32)
    for modality, image in study.images.items():
        brain = image != 0
        values = image[brain].astype(np.float32)
        images[0, modality.channel][brain] = (values - values.mean()) / values.std()
    return torch.from_numpy(images)


def _monai(module: torch.nn.Module, images: Tensor, batch: int, half: bool) -> Callable[[], Tensor]:
    def predict(window: Tensor) -> Tensor:
        available = torch.ones(len(window), len(MODALITIES), dtype=torch.bool)
        fused: Tensor = module(window, available).fused
        return fused

    def run() -> Tensor:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            logits = sliding_window_inference(images, ROI, batch, predict, overlap=OVERLAP, mode="gaussian")
            assert isinstance(logits, Tensor)
            return logits.argmax(1)

    return run


def _faster_batch(module: torch.nn.Module, images: Tensor) -> int:
    timings = interleaved({str(n): _monai(module, images, n, half=False) for n in (1, 4)}, rounds=1)
    return int(min(timings, key=lambda n: timings[n].wall))


def _ours(network: Network, preprocessed: Preprocessed, settings: InferenceSettings) -> Callable[[], Tensor]:
    # Made once, as for a cohort: the copy of the network and the check of bf16 belong to the first study only.
    predictor = Predictor(network.module, settings)
    subset = tuple(bool(a) for a in preprocessed.available)

    def run() -> Tensor:
        return winning_class(next(predictor.logits(preprocessed, [subset], scaled=False)))

    return run
