"""Whether a training computes in bf16 or in fp32."""

from __future__ import annotations

import logging
import time

import torch
from torch import nn

from GSSCore.imaging.arrays import Size

log = logging.getLogger(__name__)


def faster_in_bf16(device: torch.device) -> bool:
    """Tell whether a convolution with its gradient is quicker in bf16 than in fp32 on this device; it is measured.

    The list of a processor's instructions does not tell: of two processors with the same list, one is 2.5 times as fast
    in bf16 and the other is slower. Where the instructions are missing, bf16 takes a hundred times as long.
    """
    seconds = {}
    for dtype in (torch.float32, torch.bfloat16):
        convolution = nn.Conv3d(32, 32, 3, padding=1, bias=False).to(device, dtype)
        image = torch.zeros(1, 32, 16, 16, 16, device=device, dtype=dtype)
        image = image.contiguous(memory_format=torch.channels_last_3d).requires_grad_()
        convolution = convolution.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
        runs = []
        for _ in range(3):
            start = time.perf_counter()
            convolution(image).sum().backward()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            runs.append(time.perf_counter() - start)
        seconds[dtype] = min(runs)
    log.info("a convolution takes %s s in fp32 and bf16", " and ".join(f"{s:.4f}" for s in seconds.values()))
    return seconds[torch.bfloat16] < seconds[torch.float32]


def half_precision_is_safe(device: torch.device, crop: Size, stride: int) -> bool:
    """Tell whether a network may be trained in bf16.

    On a CPU, torch (seen in 2.13) reads uninitialised memory for the weight gradient of a 3 x 3 x 3 convolution in bf16
    when the image is only two voxels wide. So the deepest level must be at least three voxels wide.
    """
    return device.type != "cpu" or min(crop) >= 3 * stride
