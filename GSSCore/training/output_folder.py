"""The output folder of a training: what may be in it before, and the network that is written to it in the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from GSSCore.errors import UsageError
from GSSCore.messages import Message
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import CARD_FILE, WEIGHTS_FILE, Card
from GSSCore.outputs import Hashes, OutputKind, require_free, require_writable
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.training.loop import Trainer
from GSSCore.training.settings import TrainingPlaces

CHECKPOINT = "checkpoint.safetensors"
NETWORK = "network"
"""Name of the folder, inside the output, for the trained network."""
LIMITS = ("Trained on what its recipe and data say, and evaluated by nobody yet.",)


def require_fresh(checkpoint: Path, resume: bool) -> None:
    """Refuse to resume without a checkpoint, and to begin anew beside one."""
    if resume and not checkpoint.exists():
        raise UsageError(
            Message(
                "training.no-checkpoint",
                "{file} is missing: there is nothing to resume; leave --resume out.",
                file=checkpoint,
            )
        )
    if checkpoint.exists() and not resume:
        raise UsageError(
            Message(
                "training.checkpoint-exists",
                "{file} exists already: add --resume, or choose another folder.",
                file=checkpoint,
            )
        )


def require_network_folder(places: TrainingPlaces, resume: bool, read: Sequence[Path]) -> None:
    """Refuse an output folder in which the trained network would replace another network or a file that is read."""
    require_writable(places.output)
    folder = places.output / NETWORK
    if not resume:
        require_no_network(folder)
    others = [path for path in (places.split, places.lesions) if path is not None]
    others += [places.start / name for name in (CARD_FILE, WEIGHTS_FILE) if places.start is not None]
    require_free(folder, (CARD_FILE, WEIGHTS_FILE), _KIND, [*read, *others])


def require_no_network(folder: Path) -> None:
    """Refuse a folder that holds a network already."""
    if any((folder / name).exists() for name in (CARD_FILE, WEIGHTS_FILE)):
        raise UsageError(
            Message(
                "training.network-there",
                "{folder} holds a network already: choose another folder with --output.",
                folder=folder,
            )
        )


def _listed(content: bytes) -> Hashes | None:
    """Return the hash of the weights that a network's card lists; None for a file that is no card."""
    try:
        card = json.loads(content)
        return {WEIGHTS_FILE: str(card["sha256"])} if "card_version" in card else None
    except (ValueError, LookupError, TypeError):
        return None


_KIND = OutputKind(CARD_FILE, _listed)
"""How a network of this program is recognised: by the hash in its card."""


def save_network(trainer: Trainer, cases: Sequence[str], folder: Path, start: Network | None = None) -> Path:
    """Write the running average of the weights as a network whose card tells data, recipe and start."""
    recipe = trainer.recipe
    history: dict[str, object] = recipe.to_json() | {"steps_done": trainer.step}
    data = [f"{len(cases)} cases: {', '.join(cases)}"]
    if trainer.data.pasting is not None:
        lesions = trainer.data.pasting.lesions
        data.append(f"{len(lesions)} lesions of {lesions.patients} further patients")
    if start is not None:
        history["started_from"] = {"sha256": start.card.sha256, "recipe": start.card.recipe}
    card = Card(
        name=recipe.name,
        version="0",
        network={"name": recipe.network.name, "options": trainer.average.options},
        preprocessing=PreprocessingSettings(recipe.data.spacing),
        parameters=0,
        sha256="",
        data=tuple(data),
        terms="those of the data it was trained on",
        recipe=history,
        licence="as its maker decides",
        limits=LIMITS,
    )
    Network(trainer.average, card).save(folder)
    return folder
