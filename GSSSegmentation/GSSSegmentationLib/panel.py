"""The panel: it starts, watches and stops a segmentation when the user presses its buttons. Needs Qt, so Slicer."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qt
import slicer
import slicer.util
from slicer.i18n import tr as _

from GSSCore.cli.scratch import make_scratch, remove_scratch
from GSSCore.errors import Cancelled
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.chosen_inputs import chosen_modality, chosen_volumes, obstacles
from GSSSegmentationLib.dependencies import Ask, ensure_installed, missing
from GSSSegmentationLib.dialogs import choose_log_file
from GSSSegmentationLib.input_look import expected_seconds
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.panel_form import BUSY, PanelForm, State
from GSSSegmentationLib.panel_texts import fault_text
from GSSSegmentationLib.parameters import settings_of
from GSSSegmentationLib.results_view import ResultsView
from GSSSegmentationLib.run import SCRATCH, Run
from GSSSegmentationLib.scene import SceneResult
from GSSSegmentationLib.sequence_identification import dicom_hints, identify_sequences
from GSSSegmentationLib.translation import translated_text

POLL_MS = 100
"""How often a run is looked at, in ms."""


class Panel:
    """The behaviour of the panel. `PanelForm` shows its state, `ResultsView` its result.

    The widget of the module hands over the parameter node, which Slicer may replace.

    Args:
        ui: the widgets by name.
        ask: asks whether packages may be installed.
        shown: tells whether the user looks at the module now.
    """

    def __init__(self, ui: Any, ask: Ask, shown: Callable[[], bool]) -> None:
        self.ui = ui
        self._ask = ask
        self._shown = shown
        self._run: Run | None = None
        self._report: Path | None = None
        self._stopped: str | None = None
        self._closed = False
        self._started = 0.0
        self._form = PanelForm(ui)
        self._results = ResultsView(ui)
        self._timer = qt.QTimer()
        self._timer.setInterval(POLL_MS)
        self._timer.connect("timeout()", self.tick)
        self._connect()
        self._results.clear()

    @property
    def state(self) -> State:
        """What the panel is doing."""
        return self._form.state

    def set_parameters(self, parameters: Any) -> None:
        """Take another parameter node, or None while there is none."""
        self._form.set_parameters(parameters)

    def refresh(self) -> None:
        """Show what the parameters say now."""
        self._form.refresh()

    def volumes(self) -> dict[Modality, Node]:
        """Return the volumes that are chosen."""
        return chosen_volumes(self._form.parameters)

    def apply(self) -> None:
        """Start a run, or cancel the one that runs: one button does both."""
        if self.state is State.RUNNING:
            self.cancel()
        elif self.state not in BUSY:
            self.start()

    def start(self) -> None:
        """Install what is missing, if the user agrees, and start the child process.

        Whatever goes wrong is said, and the panel is ready again.
        """
        self._results.clear()
        self._drop_report()
        self.ui.logTextEdit.setPlainText("")
        self._stopped = None
        try:
            if missing():
                self._form.show_state(State.INSTALLING)
                slicer.app.processEvents()
                ensure_installed(self._ask)
            # While packages are installed, the user can close the scene, change the inputs, or unload the module.
            if not self._closed and self._stopped is None and not self._refused():
                self._run = self._new_run()
                self._run.start()
        except Exception as fault:
            if not self._closed:
                self._end(State.FAILED, fault_text(fault))
        else:
            if self._run is not None:
                self._form.show_state(State.RUNNING)
                self._timer.start()
        finally:
            # Still so when the scene was closed during the installation, or when something like Ctrl-C ended it.
            if self.state is State.INSTALLING and not self._closed:
                self._end(State.IDLE, self._stopped or "")

    def cancel(self) -> None:
        """Ask the child process to stop."""
        if self._run is not None and self.state is State.RUNNING:
            self._run.cancel()
            self._form.show_state(State.CANCELLING)

    def tick(self) -> None:
        """Look how far the child process is. The timer calls this."""
        if self._run is None:
            self._timer.stop()
            return
        try:
            progress = self._run.poll()
        except Exception as fault:  # such as temporary files that were removed: the next look would fail as well
            self._end(State.FAILED, fault_text(fault))
            return
        self._form.show_progress(progress)
        if not progress.running:
            self._finish(self._run)

    def abandon(self, message: str = "") -> None:
        """Stop at once, without a result, because the scene closes. After an installation, no run begins then."""
        if self.state is State.INSTALLING:
            self._stopped = message
        elif self._run is not None:
            self._end(State.IDLE, message)
        elif self.state is not State.IDLE:
            self._form.show_state(State.IDLE)  # what the message speaks of has left with the scene
        self._results.clear()
        self._drop_report()
        self._form.set_proposal(None)

    def close(self) -> None:
        """Stop at once, as the module is unloaded. The widgets are not touched afterwards."""
        self.abandon()
        self._closed = True

    def find(self) -> None:
        """Propose which loaded volume is which sequence, and choose it."""
        nodes = [node for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if _is_image(node)]
        database = getattr(slicer, "dicomDatabase", None)
        proposal = identify_sequences(nodes, lambda node: dicom_hints(node, database))
        parameters = self._form.parameters
        if parameters is not None:
            with slicer.util.NodeModify(parameters):
                for modality, node in proposal.nodes.items():
                    setattr(parameters, modality.value, node)
        self._form.set_proposal(proposal)

    def save_log(self, path: str) -> None:
        """Write the log to a file; "" writes none."""
        if path:
            Path(path).write_text(self.ui.logTextEdit.plainText, encoding="utf-8")

    def _connect(self) -> None:
        ui = self.ui
        ui.applyButton.connect("clicked(bool)", lambda checked=False: self.apply())
        ui.findButton.connect("clicked(bool)", lambda checked=False: self.find())
        ui.copyButton.connect("clicked(bool)", lambda checked=False: self._results.copy())
        ui.reportButton.connect("clicked(bool)", lambda checked=False: self._results.open_report())
        ui.saveLogButton.connect("clicked(bool)", lambda checked=False: self.save_log(choose_log_file()))
        ui.threeDButton.connect("toggled(bool)", lambda checked: self._results.show_surfaces(checked))

    def _refused(self) -> bool:
        """Say what has come in the way while packages were installed, and tell whether something has."""
        reasons = obstacles(self._form.parameters)
        if reasons:
            self._end(State.FAILED, "\n".join(reasons))
        return bool(reasons)

    def _new_run(self) -> Run:
        parameters = self._form.parameters
        # The report stays when the run is closed. It goes when its result is not shown any more, or with Slicer.
        self._report = make_scratch(SCRATCH, slicer.app.temporaryPath)
        self._started = time.monotonic()
        return Run(
            self.volumes(),
            parameters.segmentation,
            reference=chosen_modality(parameters),
            brain_mask=parameters.brainMask,
            settings=settings_of(parameters),
            report_folder=self._report / "report",
            temporary=slicer.app.temporaryPath,
            translate=translated_text,
        )

    def _drop_report(self) -> None:
        """Remove the report of an earlier run: its result is not shown any more."""
        if self._report is not None:
            remove_scratch(self._report)
            self._report = None

    def _finish(self, run: Run) -> None:
        """Put the result into the scene, or say why there is none."""
        try:
            result = run.finish()
        except Cancelled:
            self._end(State.IDLE, _("Cancelled. The scene is as it was."))
            return
        except Exception as fault:
            self._end(State.FAILED, fault_text(fault))
            return
        parameters = self._form.parameters
        if parameters is not None:
            parameters.segmentation = result.segmentation
        self._learn_pace(result)
        self._end(State.DONE, _("Done: {sequences}.").format(sequences=" + ".join(result.report["used_modalities"])))
        # The views stay as they are for a user who works in another module.
        in_views = self._shown() and (parameters is None or parameters.showResult)
        self._results.show(result, run.reference_node, in_views)

    def _learn_pace(self, result: SceneResult) -> None:
        """Take from a run on raw scans how quick this computer is, for what is said of the next one."""
        if result.report["input"]["treated_as"] == "raw":
            took = time.monotonic() - self._started
            self._form.pace = took / expected_seconds(len(result.report["input"]["to_scan"]))
            self._form.refresh()

    def _end(self, state: State, message: str) -> None:
        """End the run, if there is one, and show a state."""
        self._timer.stop()
        if self._run is not None:
            self._run.close()
            self.ui.logTextEdit.setPlainText("\n".join(filter(None, (message, self._run.log.strip()))))
            self._run = None
        elif message:
            self.ui.logTextEdit.setPlainText(message)
        if state is not State.DONE:
            self._drop_report()
        self._form.show_state(state, message)


def _is_image(node: Node) -> bool:
    return node.GetClassName() == "vtkMRMLScalarVolumeNode" and node.GetImageData() is not None
