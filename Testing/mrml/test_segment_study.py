"""`segment_study.py`, as a process of its own, and what it shares with other scripts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import slicer

from GSSCore.errors import Cancelled, EnvironmentRefused, InputError
from GSSCore.imaging.reading import read_volume
from GSSCore.phantom import Phantom
from GSSCore.vocabulary import REGIONS, Modality
from GSSSegmentationLib import batch
from GSSSegmentationLib.batch import load_volume, run_script, save_segmentation, segment_files
from GSSSegmentationLib.settings import Settings
from scenes import label_map, region_map, result_data, scene_state

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "GSSSegmentation" / "Scripts" / "segment_study.py"
WRITTEN = {
    "labels.nii.gz", "confidence.nii.gz", "report.json", "report.html", "overview.png", "montage.png",
    "segmentation.seg.nrrd",
}  # fmt: skip


def script(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script as Slicer and plain Python do: by its path, from elsewhere, with nothing on the module path."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(SCRIPT), *map(str, words)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, timeout=280, cwd="/", env=clean | environment
    )


def opened(path: Path) -> Any:
    return slicer.modules.segmentations.logic().LoadSegmentationFromFile(str(path))


def test_a_study_becomes_a_folder_with_segments(scene: Any, study_folder: Path, network: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = script("--case", study_folder, "--output", out, "--network", network, "--device", "cpu")
    assert run.returncode == 0, run.stderr
    assert {path.name for path in out.iterdir()} == WRITTEN
    assert "Research tool, not for clinical use." in run.stdout
    segmentation = opened(out / "segmentation.seg.nrrd")
    reference = load_volume(next(study_folder.glob("*_flair.nii.gz")), Modality.FLAIR)
    labels = read_volume(out / "labels.nii.gz").array
    np.testing.assert_array_equal(label_map(segmentation, reference), labels)
    assert "C113842" in segmentation.GetSegmentation().GetSegment("ET").GetTerminology()
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["inputs"]["FLAIR"]["file"].endswith("_flair.nii.gz)")


def test_nested_regions_of_two_sequences_without_confidence(
    scene: Any, study_folder: Path, network: Path, tmp_path: Path
) -> None:
    files = {name: next(study_folder.glob(f"*_{name}.nii.gz")) for name in ("flair", "t2")}
    words = ["--flair", files["flair"], "--t2", files["t2"], "--nested", "--no-confidence", "--network", network]
    run = script("--", *words, "--output", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == WRITTEN - {"confidence.nii.gz"}
    reference = load_volume(files["flair"], Modality.FLAIR)
    regions = region_map(opened(tmp_path / "out" / "segmentation.seg.nrrd"), reference)
    labels = read_volume(tmp_path / "out" / "labels.nii.gz").array
    for region in REGIONS:
        np.testing.assert_array_equal(regions[region.value], np.isin(labels, region.labels))


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--flair", "/no/such.nii.gz", "--output", "OUT"], 3, "FLAIR: /no/such.nii.gz does not exist"),
        (["--flair", __file__, "--output", "OUT"], 3, "FLAIR: .* can't be read"),
        (["--output", "OUT"], 3, "No volume was given"),
        (["--case", "/no/such", "--output", "OUT"], 3, "/no/such is no folder"),
        (["--case", "/tmp", "--flair", "x", "--output", "OUT"], 2, "Both --case and --flair were given"),
        (["--flair", "x"], 2, "--output"),
        (["--flair", "x", "--output", "OUT", "--device", "gpu"], 2, "device is"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_refused_ends_with_its_code_and_a_sentence_and_writes_nothing(
    words: list[str], code: int, sentence: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = script(*[out if word == "OUT" else word for word in words])
    assert run.returncode == code, run.stderr
    import re

    assert re.search(sentence, run.stderr)
    assert "Traceback" not in run.stderr
    assert not out.exists()


def test_segmenting_files_leaves_the_scene_as_it_was(
    volumes: Any, study_folder: Path, network: Path, tmp_path: Path
) -> None:
    before = scene_state(slicer.mrmlScene)
    files = {Modality.FLAIR: next(study_folder.glob("*_flair.nii.gz"))}
    report = segment_files(files, tmp_path / "out", Settings(device="cpu", network=network))
    assert report["used_modalities"] == ["FLAIR"]
    after = scene_state(slicer.mrmlScene)
    assert {name for name in after if "Volume" in name} == {name for name in before if "Volume" in name}
    assert not [name for name in after if "Segmentation" in name or "Table1" in name]


def test_an_image_that_is_left_out_is_told_and_no_fault(
    scene: Any, phantom: Phantom, study_folder: Path, network: Path, tmp_path: Path
) -> None:
    from GSSCore.imaging.volume import Volume
    from GSSCore.imaging.writing import write_nifti

    sliver = np.array(phantom.study.images[Modality.T2])
    heights = np.flatnonzero(sliver.any(axis=(0, 1)))
    sliver[:, :, : heights[-4]] = 0
    write_nifti(Volume(sliver, phantom.study.grid.affine), tmp_path / "t2.nii.gz")
    files = {Modality.FLAIR: next(study_folder.glob("*_flair.nii.gz")), Modality.T2: tmp_path / "t2.nii.gz"}
    report = segment_files(files, tmp_path / "out", Settings(device="cpu", network=network, confidence=False))
    assert report["used_modalities"] == list(report["inputs"]) == ["FLAIR"]
    assert "(" in report["left_out"]["T2"]["file"]  # the volume's node, not the temporary file
    assert any(warning.startswith("T2: ") and "was left out" in warning for warning in report["warnings"])


def test_a_numbered_file_is_read_alone(phantom: Phantom, scene: Any, tmp_path: Path) -> None:
    from GSSCore.imaging.volume import Volume
    from GSSCore.imaging.writing import write_nifti

    image = np.asarray(phantom.study.images[Modality.T1])
    for number in (1, 2):
        write_nifti(Volume(image, phantom.study.grid.affine), tmp_path / f"t1_{number:03d}.nii.gz")
    node = load_volume(tmp_path / "t1_001.nii.gz", Modality.T1)
    assert node.GetImageData().GetDimensions() == image.shape


def test_a_segmentation_that_cannot_be_written_is_refused_and_leaves_nothing(volumes: Any, tmp_path: Path) -> None:
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "x")
    with pytest.raises(EnvironmentRefused, match=r"no-folder.*can't be written"):
        save_segmentation(node, tmp_path / "no-folder" / "x.seg.nrrd")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["segmentation.seg.nrrd", "labels.nii.gz"])
def test_what_lies_there_and_is_not_its_own_is_kept(name: str, tmp_path: Path) -> None:
    """Segments that somebody drew, or corrected, among them."""
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(EnvironmentRefused, match=f"{name} is there already"):
        segment_files({Modality.FLAIR: tmp_path / "no.nii.gz"}, tmp_path, Settings())
    assert (tmp_path / name).read_bytes() == b"mine"


def test_every_option_of_the_command_line_reaches_the_child_process() -> None:
    import argparse

    from GSSCore.cli import build_parser
    from GSSCore.cli.options import add_options, read_options
    from GSSCore.inference.settings import InferenceSettings
    from GSSCore.raw.settings import InputSettings

    words = ["--device", "cpu", "--precision", "fp32", "--minimum-component-ml", "0.5", "--et-minimum-ml", "0.25"]
    words += ["--threads", "1", "--window", "96,80,64", "--overlap", "0.5", "--batch", "2"]
    words += [
        "--input",
        "raw",
        "--brain-mask",
        "/mask",
        "--all-sequences",
        "--brain-inset",
        "1",
        "--brain-network",
        "/n",
    ]
    words += ["--registration-seconds", "30", "--ensemble", "leave-one-out", "--no-bias-field", "--no-confidence"]
    parser = argparse.ArgumentParser()
    add_options(parser, Settings)
    handed_over = read_options(Settings, parser.parse_args(words)).arguments()
    command = build_parser().parse_args(["segment", "--flair", "x", "--output", "y", *handed_over])
    wanted = build_parser().parse_args(["segment", "--flair", "x", "--output", "y", *words])
    for part in (InferenceSettings, InputSettings):
        assert read_options(part, command) == read_options(part, wanted)
    known = {action.dest for action in parser._actions}
    tried = {word[2:].removeprefix("no-").replace("-", "_") for word in words if word.startswith("--")}
    assert known - tried == {"help", "network", "nested", "registered_volumes"}, "an option that is not tried here"


def resident_mb() -> float:
    """Return how much memory this process has, in MB."""
    return int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks Linux for the memory of this process")
def test_ten_studies_leave_neither_nodes_nor_memory(
    scene: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Display nodes share one name, by which all but one of them were overlooked: with them 104 MB a study stayed."""
    from GSSCore.imaging.volume import Volume
    from GSSCore.imaging.writing import nifti_bytes
    from GSSSegmentationLib.scene import add_result_to_scene

    shape, affine = (160, 160, 160), np.diag([1.0, 1.0, 1.0, 1.0])
    files = {m: tmp_path / f"{m.value}.nii" for m in (Modality.FLAIR, Modality.T1, Modality.T2)}
    for path in files.values():
        path.write_bytes(nifti_bytes(Volume(np.ones(shape, np.float32), affine), compressed=False))
    labels = np.zeros(shape, np.uint8)
    labels[40:80, 40:80, 40:80] = 1

    def segmented(nodes: Any, **options: Any) -> Any:
        return add_result_to_scene(scene, result_data(labels, affine), nodes[Modality.FLAIR], None, None)

    monkeypatch.setattr(batch, "segment_nodes", segmented)
    monkeypatch.setattr(batch, "save_segmentation", lambda node, path: None)
    monkeypatch.setattr(batch, "note_in_result", lambda folder, names, facts: None)
    memory, nodes = [], []
    for _ in range(10):
        segment_files(files, tmp_path, Settings())
        nodes.append(scene.GetNumberOfNodes())
        memory.append(resident_mb())
    print("MB after each study:", [round(one) for one in memory])
    assert len(set(nodes)) == 1
    one_volume = np.prod(shape) * 4 / 2**20
    assert memory[-1] - memory[1] < one_volume, "of eight studies not a single volume has stayed"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (InputError("bad"), 3),
        (Cancelled("stop"), 130),
        (KeyboardInterrupt(), 130),
        (SystemExit(2), 2),
        (SystemExit("a message"), 2),
        (RuntimeError("a fault"), 1),
        (None, 0),
    ],
)
def test_a_script_always_ends_the_process_with_its_code(
    fault: BaseException | None, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def main(words: Any) -> int:
        if fault is not None:
            raise fault
        return 0

    monkeypatch.setattr(sys, "argv", ["script.py"])
    with pytest.raises(SystemExit) as end:
        run_script(main)
    assert end.value.code == code


def test_in_slicer_the_application_is_told_to_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr(batch, "in_application", lambda: True)
    monkeypatch.setattr(batch.slicer.util, "exit", codes.append)
    monkeypatch.setattr(sys, "argv", ["script.py", "--", "a", "--"])
    seen: list[Any] = []
    run_script(lambda words: seen.extend(words) or 0)
    assert codes == [0]
    assert seen == ["a", "--"]


def test_missing_packages_end_a_batch_with_three_and_the_command(tmp_path: Path, study_folder: Path) -> None:
    # A metadata folder that says torch is too old, found before the real one.
    info = tmp_path / "torch-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 1.0\n", encoding="utf-8")
    run = script("--case", study_folder, "--output", tmp_path / "out", PYTHONPATH=str(tmp_path))
    assert run.returncode == 3
    assert "Missing: torch" in run.stderr
    assert "-m pip install" in run.stderr
    assert not (tmp_path / "out").exists()
