"""Whether recipe, network and processes fit together; this is checked before any case is preprocessed."""

from __future__ import annotations

import torch

from GSSCore.errors import InputError
from GSSCore.messages import Message
from GSSCore.networks import SegmentationNetwork, create
from GSSCore.training.distributed import SINGLE_PROCESS, Distributed
from GSSCore.training.recipe import Recipe


def require_fitting(
    recipe: Recipe,
    start: SegmentationNetwork | None = None,
    distributed: Distributed = SINGLE_PROCESS,
    accumulate: int = 1,
) -> None:
    """Refuse a training that could not make its first step.

    Args:
        recipe: its network, crop and batch are checked.
        start: the network whose weights the training starts from.
        distributed: the processes that share a batch.
        accumulate: number of passes into which each process divides its part.

    Raises:
        InputError: for an unknown network, options that it does not take, a crop that is no multiple of its stride, a
            start of another architecture, or a batch that can't be divided.
    """
    network = _described(recipe)
    crop, stride = recipe.data.crop, network.stride
    if any(side % stride for side in crop):
        raise InputError(
            Message(
                "recipe.crop",
                "The recipe {recipe} has data.crop = {crop}, but {network} wants multiples of {stride}: write {near}.",
                recipe=recipe.name,
                crop=str(list(crop)),
                network=network.name,
                stride=stride,
                near=str([max(stride, stride * round(side / stride)) for side in crop]),
            )
        )
    if start is not None:
        require_same_architecture(start, network)
    require_divided(recipe, distributed, accumulate)


def require_divided(recipe: Recipe, distributed: Distributed, accumulate: int) -> None:
    """Refuse a batch that processes and passes can't share equally."""
    each = len(distributed.share(range(recipe.schedule.batch)))
    if accumulate < 1 or each % accumulate:
        raise InputError(
            Message(
                "training.passes",
                "A batch gives {samples} samples to each process, which {passes} equal passes can't work off: choose "
                "another --accumulate.",
                samples=each,
                passes=accumulate,
            )
        )


def require_same_architecture(start: SegmentationNetwork, network: SegmentationNetwork) -> None:
    """Refuse a start whose architecture or options differ from the network's."""
    if (start.name, start.options) != (network.name, network.options):
        raise InputError(
            Message(
                "training.other-start",
                "A {start} with {start_options} can't be the start of a {network} with {options}: let the recipe's "
                "[network] say the same.",
                start=start.name,
                start_options=str(start.options),
                network=network.name,
                options=str(network.options),
            )
        )


def _described(recipe: Recipe) -> SegmentationNetwork:
    """Return the recipe's network without its weights, which takes neither time nor memory."""
    try:
        with torch.device("meta"):
            return create(recipe.network.name, **recipe.network.options)
    except (RuntimeError, ArithmeticError, LookupError, AttributeError) as fault:
        raise InputError(
            Message(
                "recipe.options",
                "The network {network} can't be built with the options {options} ({reason}): correct the recipe.",
                network=recipe.network.name,
                options=str(recipe.network.options),
                reason=fault,
            )
        ) from fault
