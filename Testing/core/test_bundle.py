"""A trained network in a folder: what is written comes back, and what is not right is refused."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from GSSCore.brain_extraction.card import SHIPPED as BRAIN
from GSSCore.brain_extraction.card import read_brain_card
from GSSCore.brain_extraction.extractor import BrainExtractor
from GSSCore.errors import EnvironmentRefused, InputError
from GSSCore.networks.bundle import Network
from GSSCore.networks.card import CARD_FILE, PRETRAINED, WEIGHTS_FILE, Card, read_card
from GSSCore.networks.registry import create
from GSSCore.preprocessing.settings import PreprocessingSettings
from GSSCore.vocabulary import RESEARCH_USE, SUBSETS, Region, subset_name

OPTIONS = {"widths": [8, 8, 8, 8], "groups": 4}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(1)
    card = Card("test", "0", {"name": "unet", "options": OPTIONS}, PreprocessingSettings(), parameters=0, sha256="")
    Network(create("unet", **OPTIONS), card).save(tmp_path)
    return tmp_path


def rewrite(folder: Path, **changes: object) -> None:
    """Change the card, or with `weights` the tensors (and the card's hash with them)."""
    card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    if "weights" in changes:
        # Older releases of safetensors still read the old tensors from the file itself: it must not be overwritten.
        (folder / WEIGHTS_FILE).unlink()
        save_file(changes.pop("weights"), folder / WEIGHTS_FILE)
        card["sha256"] = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    (folder / CARD_FILE).write_text(json.dumps(card | changes), encoding="utf-8")


def test_a_saved_network_comes_back_in_half_precision(folder: Path) -> None:
    torch.manual_seed(1)
    original = create("unet", **OPTIONS).state_dict()
    network = Network.load(folder)
    assert not network.module.training
    for name, tensor in network.module.state_dict().items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, original[name].half().float())
    assert network.card.parameters == sum(t.numel() for t in original.values())
    assert network.card.research_use == RESEARCH_USE


def test_other_bytes_than_the_cards_are_refused(folder: Path) -> None:
    path = folder / WEIGHTS_FILE
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match="SHA-256"):
        Network.load(folder)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"card_version": 99}, "version 99"),
        ({"network": {"name": "resnet", "options": {}}}, "resnet"),
        ({"network": {"name": "unet", "options": {"widths": [16, 16, 16, 16]}}}, "not"),
        ({"network": "unet"}, "malformed"),
        ({"preprocessing": {"spacing": [1, 1]}}, "spacing"),
        ({"surprise": 1}, "malformed"),
    ],
)
def test_a_card_of_another_form_is_refused(folder: Path, changes: dict[str, object], says: str) -> None:
    rewrite(folder, **changes)
    with pytest.raises(InputError, match=says):
        Network.load(folder)


def test_weights_of_another_name_or_shape_are_refused(folder: Path) -> None:
    weights = load_file(folder / WEIGHTS_FILE)
    name = next(iter(weights))
    rewrite(folder, weights={k: v for k, v in weights.items() if k != name})
    with pytest.raises(InputError, match="does not fit"):
        Network.load(folder)
    rewrite(folder, weights=weights | {name: weights[name].flatten()})
    with pytest.raises(InputError, match=name):
        Network.load(folder)
    rewrite(folder, weights=weights | {name: torch.full_like(weights[name], torch.nan)})
    with pytest.raises(InputError, match="not finite"):
        Network.load(folder)


def test_a_pickle_is_no_network(folder: Path) -> None:
    torch.save({}, folder / WEIGHTS_FILE)
    rewrite(folder, sha256=hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest())
    with pytest.raises(InputError, match="damaged"):
        Network.load(folder)


def test_a_folder_without_a_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no card\.json; name the folder of a network"):
        Network.load(tmp_path)


def test_what_stands_in_place_of_a_networks_folder_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    training = tmp_path / "training"
    Network.load(folder).save(training / "network")
    for given, said in {
        "unet": "there is no folder unet; the shipped network of that name is taken where none is named, so leave this",
        "mmformer": "there is no folder mmformer; that is the name of an architecture",
        "nowhere/at/all": f"there is no folder {Path('nowhere/at/all')}; name the folder of a network",
        training: f"is the folder of a training; name the network in it, {training / 'network'}",
        training / "network" / WEIGHTS_FILE: "is a file; name the folder of a network, with card.json in it",
        training / "network" / WEIGHTS_FILE / "below": "there is no folder",
    }.items():
        with pytest.raises(InputError, match=re.escape(said)) as refusal:
            Network.load(given)
        assert str(refusal.value).startswith("Network: ") and str(refusal.value).endswith(".")


def test_a_folder_of_the_shipped_networks_name_is_taken_where_it_is_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Network.load(folder).save(tmp_path / "unet")
    monkeypatch.chdir(tmp_path)
    assert Network.load("unet").card.name == "test"


def test_a_network_is_not_written_where_a_file_is(folder: Path, tmp_path: Path) -> None:
    network = Network.load(folder)
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "file" / "far" / "below"):
        with pytest.raises(EnvironmentRefused, match="Nothing was written to"):
            network.save(place)
    assert (tmp_path / "file").read_bytes() == b""


def test_the_shipped_brain_network_is_whole_and_small() -> None:
    place = PRETRAINED / BRAIN
    assert (place / WEIGHTS_FILE).stat().st_size <= 2_000_000
    card = read_brain_card(place)
    assert card.research_use == RESEARCH_USE
    assert card.data and card.terms and card.limits and card.recipe and card.licence
    assert BrainExtractor.load().card == card


def test_the_shipped_networks_are_whole_small_and_honest() -> None:
    folders = sorted(p.parent for p in PRETRAINED.glob(f"*/{CARD_FILE}") if p.parent.name != BRAIN)
    assert folders
    for place in folders:
        assert (place / WEIGHTS_FILE).stat().st_size <= 8_000_000
        card = read_card(place)
        assert card.parameters <= 4_000_000
        assert card.research_use == RESEARCH_USE
        assert card.data
        assert card.terms
        assert card.limits
        assert card.recipe
        assert Network.load(place).card == card
        for modalities in SUBSETS:
            expected = card.expected_dice(modalities)
            assert expected is not None, subset_name(modalities)
            assert all(0.0 < expected[region] < 1.0 for region in Region)
