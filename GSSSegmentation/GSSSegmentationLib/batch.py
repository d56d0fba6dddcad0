"""Studies as files, segmented through the scene: what the batch scripts share. Nothing here ever asks."""

from __future__ import annotations

import contextlib
import logging
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import slicer
import slicer.util

from GSSCore.errors import Cancelled, EnvironmentRefused, GSSError, InputError
from GSSCore.imaging.reading import content_sha256
from GSSCore.messages import Message
from GSSCore.results.files import note_in_result, require_result_folder
from GSSCore.sequences import EXTENSIONS
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.headless import ensure_scene, in_application
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.segmentation import segment_nodes
from GSSSegmentationLib.settings import Settings
from GSSSegmentationLib.terminology import load_terminology

SEGMENTATION_FILE = "segmentation.seg.nrrd"
_SINGLE_FILE = 4
"""Option of Slicer's reader: this file alone, not the series that its name may suggest. DICOM needs the series."""

logger = logging.getLogger(__name__)


def segment_files(
    files: Mapping[Modality, Path],
    folder: Path,
    settings: Settings,
    reference: Modality | str | None = None,
    warnings: Sequence[Message] = (),
) -> dict[str, Any]:
    """Segment a study that is given as files, through volume nodes, and write the result to a folder.

    Args:
        files: of the modalities there are; anything that Slicer reads.
        folder: gets label map, confidence, report, pictures, and `SEGMENTATION_FILE` with the segments.
        settings: how to segment.
        reference: whose geometry the segments get.
        warnings: what the reader has to know of the files, such as others that were passed over.

    Returns:
        The manifest.

    Raises:
        GSSError: as `segment_nodes`; the scene is as it was, whatever happens.
    """
    require_result_folder(folder, files.values(), [SEGMENTATION_FILE])
    sources = {
        modality.display: {"file": str(path), "sha256": content_sha256(path)}
        for modality, path in files.items()
        if path.is_file()
    }
    scene = ensure_scene()
    load_terminology()
    before = _nodes(scene)
    try:
        nodes = {modality: load_volume(path, modality) for modality, path in files.items()}
        result = segment_nodes(nodes, reference=reference, settings=settings, report_folder=folder, warnings=warnings)
        save_segmentation(result.segmentation, folder / SEGMENTATION_FILE)
        # What was read are the files; the report of the run has the hashes of the voxels that were handed over.
        note_in_result(folder, [SEGMENTATION_FILE], {"sources": sources})
        return result.report
    finally:
        _remove_new(scene, before)


def load_volume(path: Path, modality: Modality) -> Node:
    """Return a volume node with the image of a file.

    Raises:
        InputError: when there is no such file, or Slicer can't read it.
    """
    if not path.exists():
        raise InputError(
            Message(
                "node.no-file",
                "{sequence}: {file} does not exist; correct the path.",
                sequence=modality.display,
                file=path,
            )
        )
    single = _SINGLE_FILE if path.name.lower().endswith(EXTENSIONS) else 0
    node = slicer.modules.volumes.logic().AddArchetypeVolume(str(path), path.name.split(".")[0], single)
    if node is None:
        raise InputError(
            Message(
                "node.unreadable",
                "{sequence}: {file} can't be read; name an image file, such as .nii.gz or .nrrd.",
                sequence=modality.display,
                file=path,
            )
        )
    return node


def save_segmentation(node: Node, path: Path) -> None:
    """Write segments to a .seg.nrrd file, which is there whole or not at all.

    Raises:
        EnvironmentRefused: when it can't be written; an older file stays.
    """
    temporary = path.with_name(f".{secrets.token_hex(4)}-{path.name}")
    storage = slicer.vtkMRMLSegmentationStorageNode()
    storage.SetFileName(str(temporary))
    try:
        if not storage.WriteData(node) or not temporary.is_file():
            raise EnvironmentRefused(
                Message(
                    "batch.not-written",
                    "{file} can't be written: check that the folder exists and has room.",
                    file=path,
                )
            )
        temporary.replace(path)
    except OSError as fault:
        raise EnvironmentRefused(
            Message(
                "batch.refused",
                "{file} can't be written ({reason}): choose another folder.",
                file=path,
                reason=fault.strerror or type(fault).__name__,
            )
        ) from fault
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def print_result(report: Mapping[str, Any], folder: Path) -> None:
    """Print volumes, warnings, and where the files are."""
    volumes = "  ".join(f"{name} {ml:.1f} ml" for name, ml in report["volumes_ml"].items())
    print("+".join(report["used_modalities"]) + f": {volumes}")
    for warning in report["warnings"]:
        print(f"warning: {warning}")
    print(f"written to {folder}\n{report['research_use']}")


def run_script(main: Callable[[Sequence[str]], int]) -> None:
    """Run a script's main function with its arguments, and end the process with its exit code, come what may.

    Slicer goes on running after a script, and even after an exception in it, unless it is told to exit.
    """
    code = 1
    try:
        # Slicer hands over what follows the script's name; a double dash that ends its own options is no argument.
        code = main([word for index, word in enumerate(sys.argv[1:]) if (index, word) != (0, "--")])
    except GSSError as fault:
        print(f"gss: {fault}", file=sys.stderr)
        code = fault.exit_code
    except KeyboardInterrupt:
        print("gss: cancelled", file=sys.stderr)
        code = Cancelled.exit_code
    except SystemExit as end:  # argparse, after its message
        code = end.code if isinstance(end.code, int) else 2
    except Exception:
        logger.exception("unexpected fault")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if in_application():
            slicer.util.exit(code)
        else:
            sys.exit(code)


def _nodes(scene: Any) -> list[Node]:
    """Return all nodes of a scene, as `slicer.util.getNodes` can't: several may share a name, as display nodes do."""
    return [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]


def _remove_new(scene: Any, before: Sequence[Node]) -> None:
    """Remove the nodes that were added, children such as display nodes included."""
    known = set(map(id, before))
    for node in _nodes(scene):
        if id(node) not in known and scene.IsNodePresent(node):
            scene.RemoveNode(node)
