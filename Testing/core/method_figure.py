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
from PIL import Image, ImageDraw, ImageFont

from GSSCore.gss.teacher import guided_teacher, sure_regions
from GSSCore.networks.bundle import Network
from GSSCore.phantom import make_phantom
from GSSCore.preprocessing.pipeline import preprocess, preprocess_labels
from GSSCore.vocabulary import MODALITIES, Label

CLASS = Label.ED
SIZE, GAP, HEAD, FOOT = 250, 8, 28, 58
GROUND, TEXT, SOFT = (14, 17, 22), (232, 236, 241), (150, 160, 172)
REGIONS = {
    "high: FLAIR is sure": (70, 165, 235),
    "medium: all others are": (90, 200, 110),
    "low: the rest": (240, 120, 60),
}
Plane = NDArray[np.float64]


def main(folder: Path) -> Path:
    """Write the figure, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "method.png"
    figure().quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def figure() -> Image.Image:
    """Return the figure: four students with their images above, then regions, teacher and truth."""
    phantom = make_phantom(seed=0)
    network = Network.load()
    preprocessed = preprocess(phantom.study, network.preprocessing)
    images, truth = torch.from_numpy(preprocessed.images), preprocess_labels(phantom.truth, preprocessed)
    size = [-(-n // network.module.stride) * network.module.stride for n in truth.shape]
    padding = [pad for n, full in zip(reversed(truth.shape), reversed(size), strict=True) for pad in (0, full - n)]
    whole = torch.nn.functional.pad(images, padding)[None]
    available = torch.ones(1, len(MODALITIES), dtype=torch.bool)
    with torch.inference_mode():
        singles = network.module.eval()(whole, available, per_modality=True).per_modality
    assert singles is not None
    probabilities = singles.float().softmax(2)[..., : truth.shape[0], : truth.shape[1], : truth.shape[2]]
    level = int(np.argmax((truth == CLASS).sum((0, 1))))
    high, medium = sure_regions(probabilities, available)
    teacher = guided_teacher(probabilities, available)

    def plane(volume: torch.Tensor | NDArray[np.uint8]) -> Plane:
        # Radiological: the patient's right is on the left, front is up.
        return np.asarray(volume, np.float64)[:, :, level][::-1, ::-1].T

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
    return composed([top, students, last])


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


def composed(rows: list[list[tuple[str, Image.Image]]]) -> Image.Image:
    """Return all pictures with their names, a key and a caption."""
    columns = max(len(row) for row in rows)
    whole = Image.new("RGB", (columns * (SIZE + GAP) + GAP, len(rows) * (SIZE + HEAD) + FOOT), GROUND)
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(size=15)
    for y, row in enumerate(rows):
        for x, (title, picture) in enumerate(row):
            left, top = GAP + x * (SIZE + GAP), y * (SIZE + HEAD)
            draw.text((left + 3, top + 7), title, fill=TEXT, font=font)
            scale = min(SIZE / picture.width, SIZE / picture.height)
            picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), resample=3)
            whole.paste(picture, (left + (SIZE - picture.width) // 2, top + HEAD))
    left = GAP + 3 * (SIZE + GAP)
    for index, (words, colour) in enumerate(REGIONS.items()):
        top = 2 * (SIZE + HEAD) + HEAD + 12 + 28 * index
        draw.rectangle((left + 8, top + 2, left + 22, top + 16), fill=colour)
        draw.text((left + 30, top), words, fill=TEXT, font=font)
    caption = "Phantom, no patient; the shipped network. Not for clinical use."
    draw.text((GAP + 3, whole.height - 34), caption, fill=SOFT, font=font)
    return whole


if __name__ == "__main__":
    print(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"))
