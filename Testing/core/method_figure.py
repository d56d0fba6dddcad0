"""The figure of docs/method.md: students, regions and teacher on a slice of the phantom.

`python Testing/core/method_figure.py [FOLDER]` makes it with the shipped network. No patient is shown.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from GSSCore.gss.teacher import guided_teacher, sure_regions
from GSSCore.networks.bundle import Network
from GSSCore.phantom import make_phantom
from GSSCore.preprocessing.pipeline import preprocess, preprocess_labels
from GSSCore.results.layout import Frame
from GSSCore.results.legend import BODY, GROUND, SMALL, SOFT, Pen
from GSSCore.results.overview import letter_sides, scale_bar
from GSSCore.results.planes import AXIAL
from GSSCore.vocabulary import MODALITIES, Confidence, Label

CLASS = Label.ED
SIZE, GAP, HEAD, FOOT = 250, 8, 30, 40
# Colours that are told apart without red or green; here the green one has nothing to do with oedema.
REGIONS = {
    "high: FLAIR is sure": Confidence.GUIDED.colour,
    "medium: all others are": Label.ED.colour,
    "low: the rest": Confidence.LOW.colour,
}
Plane = NDArray[np.float64]


def main(folder: Path) -> Path:
    """Write the figure, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "method.png"
    figure().save(path, optimize=True)
    return path


def figure() -> Image.Image:
    """Return the figure: four students with their images above, then regions, teacher and truth."""
    phantom = make_phantom(seed=0)
    network = Network.load()
    preprocessed = preprocess(phantom.study, network.preprocessing)
    images, truth = torch.from_numpy(preprocessed.images), preprocess_labels(phantom.truth, preprocessed)
    level = int(np.argmax((truth == CLASS).sum((0, 1))))
    size = [-(-n // network.module.stride) * network.module.stride for n in truth.shape]
    padding = [pad for n, full in zip(reversed(truth.shape), reversed(size), strict=True) for pad in (0, full - n)]
    whole = torch.nn.functional.pad(images, padding)[None]
    available = torch.ones(1, len(MODALITIES), dtype=torch.bool)
    with torch.inference_mode():
        alone = [network.module.eval()(whole, one).fused for one in torch.eye(len(MODALITIES)).bool().split(1)]
    singles = torch.stack(alone, 1)
    here = slice(level, level + 1)
    images, truth = images[..., here], truth[..., here]
    probabilities = singles[..., : truth.shape[0], : truth.shape[1], here].float().softmax(2)
    high, medium = sure_regions(probabilities, available)
    teacher = guided_teacher(probabilities, available)

    def plane(volume: torch.Tensor | NDArray[np.uint8]) -> Plane:
        # Radiological: the patient's right is on the left, front is up.
        return np.asarray(volume, np.float64)[:, :, 0][::-1, ::-1].T

    top = [(m.display, grey(plane(images[m.channel]))) for m in MODALITIES]
    chances = [heat(plane(probabilities[0, m.channel, CLASS])) for m in MODALITIES]
    students = [(f"{m.display} alone: p({CLASS.name})", chance) for m, chance in zip(MODALITIES, chances, strict=True)]
    # At each voxel for the class that wins there.
    winner = teacher.argmax(1, keepdim=True)
    sure, agreed = (region.gather(1, winner)[0, 0] for region in (high, medium))
    last = [
        ("regions of the winning class", coloured(plane(sure), plane(agreed), plane(images[0] != 0))),
        (f"teacher: t({CLASS.name})", heat(plane(teacher[0, CLASS]))),
        (f"truth: {CLASS.name}", heat(plane((truth == CLASS).astype(np.uint8)))),
    ]
    return composed([top, students, last], preprocessed.grid.spacing[0])


def grey(values: Plane) -> Image.Image:
    """Return an image in shades of grey, between its percentiles 1 and 99.5 inside the brain."""
    inside = values[values != 0]
    low, high = np.percentile(inside, (1.0, 99.5))
    shade = np.where(values != 0, np.clip((values - low) / (high - low), 0.05, 1.0), 0.0)
    return Image.fromarray((255 * shade).astype(np.uint8)).convert("RGB")


def heat(values: Plane) -> Image.Image:
    """Return probabilities from black over red and yellow to white."""
    channels = np.stack([np.clip(3.0 * values - offset, 0.0, 1.0) for offset in (0.0, 1.0, 2.0)], -1)
    return Image.fromarray((255 * channels).astype(np.uint8))


def coloured(high: Plane, medium: Plane, brain: Plane) -> Image.Image:
    """Return the three regions in their colours."""
    first, second, third = (np.array(colour, np.float64) for colour in REGIONS.values())
    picture = brain[..., None] * third
    picture = np.where(medium[..., None] > 0, second, picture)
    picture = np.where(high[..., None] > 0, first, picture)
    return Image.fromarray((picture * (brain[..., None] > 0)).astype(np.uint8))


def composed(rows: list[list[tuple[str, Image.Image]]], mm_per_pixel: float) -> Image.Image:
    """Return all pictures with their names, the patient's sides and scale bars, a key and a caption."""
    columns = max(len(row) for row in rows)
    whole = Image.new("RGB", (columns * (SIZE + GAP) + GAP, len(rows) * (SIZE + HEAD) + FOOT), GROUND)
    pen = Pen.on(whole)
    for y, row in enumerate(rows):
        for x, (title, picture) in enumerate(row):
            left, top = GAP + x * (SIZE + GAP), y * (SIZE + HEAD) + HEAD
            panel = (left, top, left + SIZE, top + SIZE)
            whole.paste((0, 0, 0), panel)
            pen.write((left + 3, top - 9), title, SMALL)
            scale = (SIZE - 36) / max(picture.size)
            picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), resample=3)
            corner = left + (SIZE - picture.width) // 2, top + (SIZE - picture.height) // 2
            whole.paste(picture, corner)
            letter_sides(pen, AXIAL, Frame(panel, panel))
            scale_bar(pen, (left + 10, top + SIZE - 10), scale / mm_per_pixel, SIZE / 4)
    left, top = GAP + 3 * (SIZE + GAP), 2 * (SIZE + HEAD) + HEAD
    for index, (words, colour) in enumerate(REGIONS.items()):
        pen.sample((left + 8, top + 30 + 30 * index), colour)
        pen.write((left + 42, top + 30 + 30 * index), words, BODY)
    caption = "Phantom, no patient; the shipped network. Not for clinical use."
    pen.write((GAP + 3, whole.height - 14), caption, SMALL, SOFT)
    return whole


if __name__ == "__main__":
    print(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"))
