"""A stand-in for a GPU, so that a machine without one tells where tensors of two devices meet.

Tensors of the stand-in are tensors of the CPU that call themselves CUDA's. As on a GPU, an operation refuses a tensor
of the other device, unless it is a single number or an index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_flatten, tree_map

from GSSCore.gss import loss

GPU = torch.device("cuda", 0)
MOVES = (Tensor.to, Tensor.cpu, Tensor.numpy)
INDEXES = (Tensor.__getitem__, Tensor.__setitem__)


class OnGPU(Tensor):
    """A tensor of the stand-in."""


class _Strict(TorchFunctionMode):
    """Refuses what a GPU would refuse, and lets the CPU compute the rest."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        tensors = [one for one in tree_flatten((args, kwargs))[0] if isinstance(one, Tensor)]
        there = any(isinstance(one, OnGPU) for one in tensors)
        if func == Tensor.device.__get__:  # type: ignore[attr-defined]
            return GPU if there else torch.device("cpu")
        if func is Tensor.numpy and there:
            raise TypeError("can't convert cuda:0 device type tensor to numpy")
        if there and func not in (*MOVES, *INDEXES):
            strangers = [one for one in tensors if not isinstance(one, OnGPU) and one.ndim]
            assert not strangers, f"{func.__name__} got tensors of two devices"
        named = {one.type for one in (*args, kwargs.get("device")) if isinstance(one, torch.device)}
        to_gpu, from_gpu = GPU.type in named, func is Tensor.cpu or (func is Tensor.to and "cpu" in named)
        if to_gpu:
            kwargs.pop("device", None)
            args = tuple(torch.device("cpu") if isinstance(one, torch.device) else one for one in args)
        with torch._C.DisableTorchFunction():
            plain = tree_map(lambda one: one.as_subclass(Tensor) if isinstance(one, OnGPU) else one, (args, kwargs))
            result = func(*plain[0], **plain[1])
            if from_gpu or not (there or to_gpu):
                return result
            return tree_map(lambda one: one.as_subclass(OnGPU) if isinstance(one, Tensor) else one, result)


@contextmanager
def second_device(monkeypatch: pytest.MonkeyPatch) -> Iterator[torch.device]:
    """Yield the stand-in's device, which works within this context."""
    made = torch.Generator
    monkeypatch.setattr(torch, "Generator", lambda device="cpu": made())
    try:
        with _Strict():
            yield GPU
    finally:
        loss._constant.cache_clear()  # what it kept for this device is of the stand-in
