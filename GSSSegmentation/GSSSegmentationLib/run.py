"""One segmentation from volume nodes to segments, in steps that a panel can take without waiting.

    run = Run({"flair": node}, settings=Settings())    # refuses what is wrong; changes nothing
    run.start()                                        # writes the volumes to files, starts the child process
    while (progress := run.poll()).running: ...        # or every 100 ms by a timer; run.cancel() at any time
    result = run.finish()                              # the scene changes here, and only after success

Whoever starts a run closes it: `finish` does, whatever its outcome; `close` does without a result.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from GSSCore.cli.scratch import make_scratch, remove_abandoned, remove_scratch
from GSSCore.errors import Cancelled, EnvironmentRefused, GSSError, InputError, UsageError
from GSSCore.files import encoded
from GSSCore.imaging.reading import read_volume
from GSSCore.imaging.writing import nifti_bytes
from GSSCore.messages import Message, Translate, Value, as_message
from GSSCore.results.files import (
    CONFIDENCE_FILE,
    HTML_REPORT_FILE,
    LABELS_FILE,
    OVERVIEW_FILE,
    REPORT_FILE,
    report_bytes,
    require_result_folder,
    write_result,
)
from GSSCore.results.html_report import html_report
from GSSCore.results.report import with_warnings
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.dependencies import require_installed
from GSSSegmentationLib.input_changes import InputState, common_motion, input_states, is_still
from GSSSegmentationLib.nodes import Node, Nodes, affine_of, checked, chosen_reference, described
from GSSSegmentationLib.placement import place
from GSSSegmentationLib.process import Child, child_environment, python_command
from GSSSegmentationLib.scene import ResultData, SceneResult, add_result_to_scene, checked_output
from GSSSegmentationLib.settings import Settings

_REFUSALS: dict[int, type[GSSError]] = {UsageError.exit_code: UsageError, InputError.exit_code: InputError}
_RESULTS = "results"
SCRATCH = "GSSSegmentation-"
"""How the names of temporary folders begin."""


@dataclass(frozen=True)
class RunProgress:
    """How far a run is.

    Attributes:
        stage: "start", then as GSSCore tells them: "read", "preprocess", "network", "confidence", "restore", "write",
            and "done" or "error".
        whole: share of everything that is done, 0 to 1.
        seconds_left: estimate; None while there is none.
        running: whether the child process runs; once it does not, `Run.finish` tells the outcome.
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
        reference: modality, name or node whose geometry the segments get; None is the first of FLAIR, T1ce, T2, T1.
        settings: how to segment.
        report_folder: where label map, confidence, report and pictures go as files; None keeps none.
        warnings: what the reader has to know of the inputs; the result says it with its own.
        temporary: folder for temporary files; None is the system's.
        translate: of the report's page from English; report.json and the pictures stay as they are.

    Raises:
        InputError: when nodes, output or reference can't be used; nothing has changed then.
    """

    def __init__(
        self,
        nodes: Nodes,
        output: Node | None = None,
        *,
        reference: Modality | str | Node | None = None,
        settings: Settings | None = None,
        report_folder: Path | str | None = None,
        warnings: Sequence[Message] = (),
        temporary: Path | str | None = None,
        translate: Translate = str,
    ) -> None:
        self._volumes = checked(nodes)
        self.reference = chosen_reference(self._volumes, reference)
        self._scene = self.reference_node.GetScene()
        self._output = checked_output(output, self.reference_node)
        self._settings = settings or Settings()
        self._report_folder = None if report_folder is None else Path(report_folder)
        self._warnings = tuple(warnings)
        self._temporary = temporary
        self._translate = translate
        self._before: dict[Modality, InputState] = {}
        self._folder: Path | None = None
        self._files: dict[Modality, Path] = {}
        self._resampled: list[Modality] = []
        self._child: Child | None = None
        self._progress = RunProgress()
        self._message: Message | None = None
        self._cancelled = False
        self.log = ""

    @property
    def reference_node(self) -> Node:
        """The volume whose geometry the segments get."""
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
            remove_abandoned(SCRATCH, self._temporary)
            self._folder = make_scratch(SCRATCH, self._temporary)
            for modality, one in placed.items():
                self._files[modality] = self._folder / f"{modality.value}.nii"
                self._files[modality].write_bytes(nifti_bytes(one.volume, compressed=False))
            self._child = Child(self._command(), self._folder, child_environment())
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

    def poll(self) -> RunProgress:
        """Return how far the child process is; never waits."""
        if self._child is None:
            return self._progress
        code = self._child.exit_code
        for line in self._child.new_lines():
            self._message = _message_of(line)
            whole = max(self._progress.whole, float(line.get("whole", 0.0)))
            self._progress = RunProgress(line["stage"], whole, line.get("seconds_left"))
        last = self._progress
        self._progress = RunProgress(last.stage, last.whole, last.seconds_left, running=code is None)
        return self._progress

    def cancel(self) -> None:
        """Ask the child process to stop; it has within two seconds, as `poll` tells, and then `finish` says so."""
        self._cancelled = True
        if self._child is not None:
            self._child.cancel()

    def close(self) -> None:
        """Stop the child process at once where it runs, and remove the temporary files. The scene is left alone."""
        if self._child is not None:
            self._child.kill()
            self.log = self._named(self._child.log())
            self._child = None
        if self._folder is not None:
            remove_scratch(self._folder)
            self._folder = None

    def finish(self) -> SceneResult:
        """Put what was found into the scene, after the child process has ended.

        Returns:
            The nodes, and everything that is known of the result.

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
            if code != 0 or self._cancelled:
                raise self._failure(code)
            return self._published(self._folder / _RESULTS)
        finally:
            self.close()

    def _command(self) -> list[str]:
        words = [*python_command(), "-m", "GSSCore", "segment", "--progress", "jsonl"]
        for modality, path in self._files.items():
            words += [f"--{modality.value}", str(path)]
        words += ["--reference", self.reference.value, "--output", str(self._folder_now / _RESULTS)]
        # Slicer may crash: the child process ends then, and removes the patient's voxels.
        words += ["--scratch", str(self._folder_now)]
        return words + self._settings.arguments()

    @property
    def _folder_now(self) -> Path:
        assert self._folder is not None
        return self._folder

    def _failure(self, code: int) -> GSSError:
        """Return why there is no result, in a sentence for the user."""
        if self._cancelled or code == Cancelled.exit_code:
            return Cancelled(Message("run.cancelled", "The segmentation was cancelled; the scene is as it was."))
        assert self._child is not None
        log = self._child.last_lines()
        if code in _REFUSALS and (self._message is not None or log):
            said = self._message or as_message(log.splitlines()[-1].removeprefix("gss: "))
            return _REFUSALS[code](self._in_words(said))
        # A launcher tells of a killed process by 128 and the signal's number.
        killed = -code if code < 0 else code - 128
        if killed == 9:
            fault = Message(
                "run.killed-9",
                "The segmentation process was killed by signal 9, as happens when memory runs out; the scene is as it "
                "was.",
            )
        elif 0 < killed < 65:
            fault = Message(
                "run.killed",
                "The segmentation process was killed by signal {signal}; the scene is as it was.",
                signal=killed,
            )
        elif log:
            fault = Message(
                "run.ended-log",
                "The segmentation process ended with exit code {number}; the scene is as it was. Its last lines:\n"
                "{log}.",
                number=code,
                log=self._in_words(as_message(log)),
            )
        else:
            fault = Message(
                "run.ended",
                "The segmentation process ended with exit code {number}; the scene is as it was. It said nothing.",
                number=code,
            )
        return GSSError(fault)

    def _in_words(self, message: Message) -> Message:
        """Return a message of the child with the names of the nodes in place of temporary files."""

        def named(value: Value) -> Value:
            if isinstance(value, tuple):
                return tuple(map(self._named, value))
            return self._named(value) if isinstance(value, str) else value

        values = {name: named(value) for name, value in message.values.items()}
        return Message.from_json({"code": message.code, "template": message.template, "values": values})

    def _named(self, text: str) -> str:
        """Return a text of the child with the names of the nodes in place of temporary files."""
        names = {}
        for modality, path in self._files.items():
            names[str(path)] = names[path.name] = f"'{self._volumes[modality].GetName()}'"
        if not names:
            return text
        # In one go, as a volume may be called like the file of another.
        return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)

    def _published(self, results: Path) -> SceneResult:
        """Write the report, then change the scene."""
        warnings = [*self._warnings, *self._changes()]
        files = {path.name: path.read_bytes() for path in results.iterdir()}
        labels = read_volume(results / LABELS_FILE, what="label map").array
        confidence = None
        if CONFIDENCE_FILE in files:
            confidence = read_volume(results / CONFIDENCE_FILE, what="confidence map").array
        report = self._report(json.loads(files[REPORT_FILE]), warnings)
        data = ResultData(labels, confidence, affine_of(self.reference_node), report, self._settings.nested)
        checked_output(self._output, self.reference_node)
        if self._report_folder is not None:
            files[REPORT_FILE] = report_bytes(report)
            files[HTML_REPORT_FILE] = encoded(html_report(report, files[OVERVIEW_FILE], self._translate))
            write_result(self._report_folder, files)
        return add_result_to_scene(self._scene, data, self.reference_node, self._output, self._report_folder)

    def _changes(self) -> list[Message]:
        """Return what is to be said of changes to the scene since the start that the result can follow.

        A volume that has left the scene, other than the reference, changes nothing about what was found.

        Raises:
            InputError: for changes that it can't follow.
        """
        there = {m: node for m, node in self._volumes.items() if node.GetScene() is self._scene}
        if self.reference not in there:
            raise InputError(
                Message(
                    "scene.reference-gone",
                    "{sequence}: the reference has left the scene while the segmentation ran, so its result has no "
                    "place; nothing was added. Load it again and run it again.",
                    sequence=self.reference.display,
                )
            )
        checked(there)
        now = input_states(place(there, self.reference))
        moved = common_motion(self._before, now, self.reference, self._volumes)
        if is_still(moved, self._before[self.reference].grid):
            return []
        messages = [
            Message(
                "scene.moved",
                "The volumes were moved together while the segmentation ran; the segments lie where the volumes lie "
                "now.",
            )
        ]
        if self._report_folder is not None:
            messages.append(
                Message(
                    "scene.files-not-moved",
                    "The files of the report lie where the volumes were when the segmentation started.",
                )
            )
        return messages

    def _report(self, report: dict[str, Any], more: list[Message]) -> dict[str, Any]:
        """Return the manifest with nodes in place of temporary files; hashes stay those of the voxels handed over."""
        nodes: dict[str, dict[str, Any]] = {m.display: {"file": described(n)} for m, n in self._volumes.items()}
        more = list(more)
        for modality in self._resampled:
            nodes[modality.display]["resampled"] = True
            more.append(
                Message(
                    "scene.resampled",
                    "{sequence} lies under a transform that is not affine, and was resampled onto the grid of "
                    "{reference}.",
                    sequence=modality.display,
                    reference=self.reference.display,
                )
            )
        inputs, left_out = (
            {name: one | nodes[name] for name, one in report[part].items()} for part in ("inputs", "left_out")
        )
        told = [self._in_words(Message.from_json(message)) for message in report["messages"]]
        said = {"warnings": [str(message) for message in told], "messages": [message.to_json() for message in told]}
        return with_warnings(report | {"inputs": inputs, "left_out": left_out} | said, more)


def _message_of(line: dict[str, Any]) -> Message | None:
    """Return what a line of progress says: of what went wrong, with its code and values where it has them."""
    if "template" in line:
        return Message.from_json(line)
    return as_message(line["message"]) if line.get("message") else None
