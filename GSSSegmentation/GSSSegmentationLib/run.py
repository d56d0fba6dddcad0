"""One segmentation from volume nodes to segments, in steps that a panel can take without waiting.

    run = Run({"flair": node}, settings=Settings())    # refuses what is wrong; changes nothing
    run.start()                                        # writes the volumes to files, starts the child process
    while (progress := run.poll()).running: ...        # or every 100 ms by a timer; run.cancel() at any time
    result = run.finish()                              # changes the scene, and only after success

Who starts a run closes it: `finish` closes it whether it succeeds or fails, `close` does so without a result.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from GSSCore.cli.scratch import make_scratch, remove_abandoned, remove_scratch
from GSSCore.errors import Cancelled, EnvironmentRefused
from GSSCore.files import encoded
from GSSCore.imaging.arrays import Affine
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.writing import nifti_bytes
from GSSCore.messages import Message, Translate, as_message
from GSSCore.results.files import (
    BRAIN_FILE,
    CONFIDENCE_FILE,
    HTML_REPORT_FILE,
    LABELS_FILE,
    REPORT_FILE,
    report_bytes,
    require_result_folder,
    write_result,
)
from GSSCore.results.html_report import html_report
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.brain_mask import checked_mask, mask_volume, require_use_of_mask
from GSSSegmentationLib.child_failure import child_failure
from GSSSegmentationLib.dependencies import require_installed
from GSSSegmentationLib.input_changes import InputState, input_states, motion_since
from GSSSegmentationLib.node_names import NodeNames
from GSSSegmentationLib.nodes import Node, Nodes, affine_of, checked_volumes, chosen_reference
from GSSSegmentationLib.output_node import checked_output
from GSSSegmentationLib.placement import Placed, all_in_world, frame_of, place
from GSSSegmentationLib.process import Child, child_environment, python_command
from GSSSegmentationLib.registered import Moved, moved_volumes
from GSSSegmentationLib.run_report import node_warnings, report_of_nodes
from GSSSegmentationLib.scene import ResultData, SceneResult, add_result_to_scene
from GSSSegmentationLib.settings import Settings

SCRATCH = "GSSSegmentation-"
"""How the names of temporary folders begin."""
_RESULTS = "results"
_IMAGES = {LABELS_FILE: "label map", CONFIDENCE_FILE: "confidence map", BRAIN_FILE: "brain"}
TRANSLATIONS = Path(__file__).resolve().parents[1] / "Resources" / "Translations"
"""Has a JSON table of the library's texts for each language."""


@dataclass(frozen=True)
class RunProgress:
    """How far a run is.

    Attributes:
        stage: "start", then GSSCore's: "read", of raw scans "brain", "registration", "pose" and "bias_field", then
            "preprocess", "network", "confidence", "restore", "write", and "done" or "error".
        whole: share of everything that is done, 0 to 1.
        seconds_left: estimate; None while there is none.
        running: whether the child process runs. When it has ended, `Run.finish` returns the result, or raises.
    """

    stage: str = "start"
    whole: float = 0.0
    seconds_left: float | None = None
    running: bool = True


class Run:
    """A segmentation, see the module.

    Args:
        nodes: modality or its name -> scalar volume node; None for a missing one.
        output: segmentation node to update; None makes a new one.
        reference: modality, name or node whose geometry the segments get; None is the first of FLAIR, T1ce, T2, T1, or
            of raw scans the finest.
        brain_mask: segmentation node with one segment, or one called Brain, or label map, in place of the brain that
            the brain network finds; drawn on the reference. A file is an option of `settings`.
        settings: how to segment.
        report_folder: where label map, confidence, report and pictures go as files; None keeps none.
        warnings: what the reader has to know of the inputs; the report lists it with its own warnings.
        temporary: folder for temporary files; None is the system's.
        translate: translates the HTML report from English; report.json and the pictures stay English.

    Raises:
        InputError: when nodes, output or reference can't be used; nothing has changed then.
    """

    def __init__(
        self,
        nodes: Nodes,
        output: Node | None = None,
        *,
        reference: Modality | str | Node | None = None,
        brain_mask: Node | None = None,
        settings: Settings | None = None,
        report_folder: Path | str | None = None,
        warnings: Sequence[Message] = (),
        temporary: Path | str | None = None,
        translate: Translate = str,
    ) -> None:
        self._volumes = checked_volumes(nodes)
        self.reference = chosen_reference(self._volumes, reference)
        self._scene = self.reference_node.GetScene()
        self._output = checked_output(output, self.reference_node)
        # Whether scans are raw, and so which is the reference by default, is for the child process to find out.
        self._reference_is_open = reference is None and all_in_world(self._volumes.values())
        self._mask = checked_mask(brain_mask, self._scene)
        self._settings = settings or Settings()
        require_use_of_mask(self._settings, self._mask)
        self._report_folder = None if report_folder is None else Path(report_folder)
        self._warnings = tuple(warnings)
        self._temporary = temporary
        self._translate = translate
        self._before: dict[Modality, InputState] = {}
        self._folder: Path | None = None
        self._files: dict[Modality, Path] = {}
        self._mask_file: Path | None = None
        self._resampled: list[Modality] = []
        self._child: Child | None = None
        self._progress = RunProgress()
        self._message: Message | None = None
        self._cancelled = False
        self.log = ""

    @property
    def reference_node(self) -> Node:
        """The volume whose geometry the segments get; of raw scans it may be another one when the run has ended."""
        return self._volumes[self.reference]

    def start(self) -> None:
        """Write the volumes to files and start the child process.

        Raises:
            InputError: when a parent transform can't be honoured.
            EnvironmentRefused: when packages are missing, there is no room for the files, the process can't be started,
                or the report folder can't be written to.
        """
        require_installed()
        if self._report_folder is not None:
            require_result_folder(self._report_folder)
        placed = place(self._volumes, self.reference)
        self._resampled = [modality for modality, one in placed.items() if one.resampled]
        self._before = input_states(placed)
        try:
            self._start_child(placed)
        except OSError as fault:
            self.close()
            raise EnvironmentRefused(
                Message(
                    "scene.no-room",
                    "The volumes can't be written to {folder} ({reason}): free some space there, or choose another "
                    "temporary folder.",
                    folder=fault.filename or self._temporary or tempfile.gettempdir(),
                    reason=fault.strerror or type(fault).__name__,
                )
            ) from fault
        except BaseException:
            self.close()
            raise

    def _start_child(self, placed: dict[Modality, Placed]) -> None:
        remove_abandoned(SCRATCH, self._temporary)
        self._folder = make_scratch(SCRATCH, self._temporary)
        for modality, one in placed.items():
            self._files[modality] = self._folder / f"{modality.value}.nii"
            self._files[modality].write_bytes(nifti_bytes(one.volume, compressed=False))
        if self._mask is not None:
            mask = mask_volume(self._mask, frame_of(self.reference_node))
            self._mask_file = self._folder / "brain_mask.nii"
            self._mask_file.write_bytes(nifti_bytes(mask, compressed=False))
        self._child = Child(self._command(), self._folder, child_environment())

    def poll(self) -> RunProgress:
        """Return how far the child process is; never waits."""
        if self._child is None:
            return self._progress
        code = self._child.exit_code
        for line in self._child.new_lines():
            self._message = _message_of(line)
            whole = max(self._progress.whole, float(line.get("whole", 0.0)))
            self._progress = RunProgress(line["stage"], whole, line.get("seconds_left"))
        self._progress = replace(self._progress, running=code is None)
        return self._progress

    def cancel(self) -> None:
        """Ask the child process to stop. Within two seconds `poll` tells that it has, and `finish` raises Cancelled."""
        self._cancelled = True
        if self._child is not None:
            self._child.cancel()

    def close(self) -> None:
        """Stop the child process at once if it runs, and remove the temporary files. The scene does not change."""
        if self._child is not None:
            self._child.kill()
            self.log = self._names().in_text(self._child.log())
            self._child = None
        if self._folder is not None:
            remove_scratch(self._folder)
            self._folder = None

    def finish(self) -> SceneResult:
        """Add the result to the scene, after the child process has ended.

        Returns:
            The nodes and the report.

        Raises:
            Cancelled: when the run was cancelled.
            GSSError: when the child process refused, failed or was killed, the report folder can't be written, or the
                scene has changed so that the result does not belong to it, see `input_changes`. In all these cases
                nothing is added to the scene.
        """
        assert self._child is not None and self._folder is not None, "the run has been started and not been closed"
        try:
            self.poll()
            code = self._child.exit_code
            assert code is not None, "the process has ended"
            if self._cancelled or code == Cancelled.exit_code:
                raise Cancelled(Message("run.cancelled", "The segmentation was cancelled; the scene is as it was."))
            if code != 0:
                raise child_failure(code, self._message, self._child.last_lines(), self._names())
            return self._publish(self._folder / _RESULTS)
        finally:
            self.close()

    def _command(self) -> list[str]:
        assert self._folder is not None, "the files were written"
        words = [*python_command(), "-m", "GSSCore", "segment", "--progress", "jsonl"]
        for modality, path in self._files.items():
            words += [f"--{modality.value}", str(path)]
        words += [] if self._reference_is_open else ["--reference", self.reference.value]
        words += ["--output", str(self._folder / _RESULTS)]
        words += [f"--name={self.reference_node.GetName()}"]
        # The page's words for a language are there in the application, those in the pictures in the child.
        table = TRANSLATIONS / f"GSSSegmentation_{self._translate('en')}.json"
        words += ["--translations", str(table)] if table.is_file() else []
        # When Slicer crashes, the child process ends and removes the patient's voxels.
        words += ["--scratch", str(self._folder)]
        return words + replace(self._settings, brain_mask=self._mask_file or self._settings.brain_mask).arguments()

    def _names(self) -> NodeNames:
        others = {self._mask_file: self._mask.GetName()} if self._mask_file and self._mask is not None else {}
        return NodeNames(self._volumes, self._files, others)

    def _publish(self, results: Path) -> SceneResult:
        """Write the report, then change the scene."""
        files = {path.name: path.read_bytes() for path in results.iterdir()}
        report = json.loads(files[REPORT_FILE])
        self.reference = next(m for m in self._volumes if m.display == report["reference"])
        motion = motion_since(self._before, self._volumes, self.reference, self._scene)
        more = node_warnings(motion is not None, self._report_folder is not None, self._resampled, self.reference)
        report = report_of_nodes(report, self._volumes, self._names(), self._resampled, [*self._warnings, *more])
        arrays = {name: read_volume(results / name, what=what).array for name, what in _IMAGES.items() if name in files}
        data = ResultData(
            arrays[LABELS_FILE],
            arrays.get(CONFIDENCE_FILE),
            affine_of(self.reference_node),
            report,
            self._settings.nested,
            arrays.get(BRAIN_FILE) if self._mask is None else None,
            self._mask,
            self._registered(report, motion) if self._settings.registered_volumes else (),
        )
        checked_output(self._output, self.reference_node)
        if self._report_folder is not None:
            files[REPORT_FILE] = report_bytes(report)
            page = html_report(report, files, self._translate)
            files[HTML_REPORT_FILE] = encoded(page)
            write_result(self._report_folder, files)
        return add_result_to_scene(self._scene, data, self.reference_node, self._output, self._report_folder)

    def _registered(self, report: dict[str, Any], motion: Affine | None) -> tuple[Moved, ...]:
        """Return where the raw volumes lie on the reference; those that have left the scene are left out."""
        there = {modality: node for modality, node in self._volumes.items() if node.GetScene() is self._scene}
        to_scan = report["input"].get("to_scan", {})
        placed = place(there, self.reference)
        return moved_volumes(to_scan, placed, there, self.reference, frame_of(self.reference_node), motion)


def _message_of(line: dict[str, Any]) -> Message | None:
    """Return the message in a line of progress, with code and values where the line has them; None without one."""
    if "template" in line:
        return Message.from_json(line)
    return as_message(line["message"]) if line.get("message") else None
