"""The panel's behaviour: what its states show, and how it starts, watches and stops a run. Needs Qt, so Slicer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import ctk
import qt
import slicer
import slicer.util
from packaging.requirements import Requirement
from slicer.i18n import tr as _

from GSSCore.cli.scratch import make_scratch, remove_scratch
from GSSCore.errors import Cancelled, GSSError, InputError
from GSSCore.sequences import Evidence, Reason
from GSSCore.vocabulary import MODALITIES, REGIONS, Modality, Region, subset_name
from GSSSegmentationLib.dependencies import REQUESTER, TORCH, Ask, ensure_installed, listed, missing
from GSSSegmentationLib.expected_accuracy import expected_accuracy, network_card
from GSSSegmentationLib.nodes import Node
from GSSSegmentationLib.parameters import CHOICES, DEVICES, REFERENCES, SEGMENTS
from GSSSegmentationLib.results_view import ResultsView
from GSSSegmentationLib.run import SCRATCH, Run, RunProgress
from GSSSegmentationLib.sequence_identification import Proposal, dicom_hints, identify_sequences
from GSSSegmentationLib.settings import Settings
from GSSSegmentationLib.translation import translated_message, translated_text

POLL_MS = 100

logger = logging.getLogger(__name__)


class State(Enum):
    """What the panel is doing."""

    IDLE = "idle"
    INSTALLING = "installing"
    RUNNING = "running"
    CANCELLING = "cancelling"
    FAILED = "failed"
    DONE = "done"


BUSY = (State.INSTALLING, State.RUNNING, State.CANCELLING)


class Panel:
    """Drives the widgets of the .ui file. The parameter node, which Slicer may replace, comes from outside.

    Args:
        ui: the widgets by name.
        ask: asks whether packages may be installed.
        shown: tells whether the user looks at the module now.
    """

    def __init__(self, ui: Any, ask: Ask, shown: Callable[[], bool]) -> None:
        self.ui = ui
        self.state = State.IDLE
        self._ask = ask
        self._shown = shown
        self._parameters: Any = None
        self._run: Run | None = None
        self._left: str | None = None
        self._closed = False
        self._report: Path | None = None
        self._proposal: Proposal | None = None
        self._results = ResultsView(ui)
        self._updating = False
        # The form can't say it: without the class of the widget, designers don't know its flags.
        self.ui.networkPathEdit.filters = ctk.ctkPathLineEdit.Dirs
        self._timer = qt.QTimer()
        self._timer.setInterval(POLL_MS)
        self._timer.connect("timeout()", self.tick)
        self._connect()
        self._results.clear()
        self._propose(None)
        self._show_state(State.IDLE)

    # --- parameters -------------------------------------------------------------------------------------------------

    def set_parameters(self, parameters: Any) -> None:
        """Take another parameter node, or None while there is none."""
        self._parameters = parameters
        self.refresh()

    def refresh(self) -> None:
        """Make the widgets that the parameter node's own connection does not reach say what the parameters say."""
        if self._parameters is not None:
            self._updating = True
            try:
                for name, choices in CHOICES.items():  # a scene that is imported may bring what nobody knows
                    if getattr(self._parameters, name) not in choices:
                        setattr(self._parameters, name, choices[0])
                self.ui.referenceComboBox.currentIndex = REFERENCES.index(self._parameters.reference)
                self.ui.segmentsComboBox.currentIndex = SEGMENTS.index(self._parameters.segments)
                self.ui.deviceComboBox.currentIndex = DEVICES.index(self._parameters.device)
                if self.ui.networkPathEdit.currentPath != self._parameters.network:
                    self.ui.networkPathEdit.currentPath = self._parameters.network
            finally:
                self._updating = False
        self._show_proposal()
        self._show_expected_accuracy()
        self._show_apply()

    def volumes(self) -> dict[Modality, Node]:
        """Return the volumes that are chosen."""
        if self._parameters is None:
            return {}
        chosen = {modality: getattr(self._parameters, modality.value) for modality in MODALITIES}
        return {modality: node for modality, node in chosen.items() if node is not None}

    def obstacles(self) -> list[str]:
        """Return every reason why Apply can't be pressed now."""
        if self._parameters is None:
            return [_("There is no scene.")]
        volumes = self.volumes()
        reasons = []
        if not volumes:
            reasons.append(_("Choose at least one of FLAIR, T1ce, T1 and T2."))
        names: dict[str, list[str]] = {}
        for modality, node in volumes.items():
            names.setdefault(node.GetID(), []).append(modality.display)
        text = _("{sequences} are the same volume.")
        reasons += [text.format(sequences=" + ".join(same)) for same in names.values() if len(same) > 1]
        text = _("The {sequence} volume has no image.")
        reasons += [text.format(sequence=m.display) for m, node in volumes.items() if node.GetImageData() is None]
        reference = self._parameters.reference
        if volumes and reference != "automatic" and Modality(reference) not in volumes:
            text = _("The reference {sequence} is not chosen.")
            reasons.append(text.format(sequence=Modality(reference).display))
        try:
            network_card(self._network_folder())
        except (InputError, OSError):
            reasons.append(_("The network folder holds no network."))
        return reasons

    # --- actions ----------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Start, or cancel what runs: one button does both."""
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
        self._left = None
        try:
            if missing():
                self._show_state(State.INSTALLING)
                slicer.app.processEvents()
                ensure_installed(self._ask)
            if not self._closed and self._left is None and not self._refused():
                self._run = self._new_run()
                self._run.start()
        except Exception as fault:
            if not self._closed:
                self._end(State.FAILED, _said(fault))
        else:
            if self._run is not None:
                self._show_state(State.RUNNING)
                self._timer.start()
        finally:
            # The scene was closed while packages were installed; or what ended that was no usual fault.
            if self.state is State.INSTALLING and not self._closed:
                self._end(State.IDLE, self._left or "")

    def cancel(self) -> None:
        """Ask the child process to stop."""
        if self._run is not None and self.state is State.RUNNING:
            self._run.cancel()
            self._show_state(State.CANCELLING)

    def tick(self) -> None:
        """Look how far the child process is; called by the timer."""
        if self._run is None:
            self._timer.stop()
            return
        try:
            progress = self._run.poll()
        except Exception as fault:  # such as temporary files that somebody has removed; or it would fail at each tick
            self._end(State.FAILED, _said(fault))
            return
        self._show_progress(progress)
        if not progress.running:
            self._finish(self._run)

    def abandon(self, message: str = "") -> None:
        """Stop at once, without a result: the scene closes. After an installation no run begins then."""
        if self.state is State.INSTALLING:
            self._left = message
        elif self._run is not None:
            self._end(State.IDLE, message)
        elif self.state is not State.IDLE:
            self._show_state(State.IDLE)  # of what it says, nothing is there any more
        self._results.clear()
        self._drop_report()
        self._propose(None)

    def close(self) -> None:
        """Stop at once, as the module is unloaded; the widgets are not touched any more."""
        self.abandon()
        self._closed = True

    def find(self) -> None:
        """Propose which loaded volume is which sequence, and choose it."""
        nodes = [node for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if _is_image(node)]
        database = getattr(slicer, "dicomDatabase", None)
        proposal = identify_sequences(nodes, lambda node: dicom_hints(node, database))
        if self._parameters is not None:
            with slicer.util.NodeModify(self._parameters):
                for modality, node in proposal.nodes.items():
                    setattr(self._parameters, modality.value, node)
        self._propose(proposal)

    def save_log(self, path: str) -> None:
        """Write the log to a file."""
        if path:
            Path(path).write_text(self.ui.logTextEdit.plainText, encoding="utf-8")

    # --- inside -----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        ui = self.ui
        ui.applyButton.connect("clicked(bool)", lambda checked=False: self.apply())
        ui.findButton.connect("clicked(bool)", lambda checked=False: self.find())
        ui.copyButton.connect("clicked(bool)", lambda checked=False: self._results.copy())
        ui.reportButton.connect("clicked(bool)", lambda checked=False: self._results.open_report())
        ui.saveLogButton.connect("clicked(bool)", lambda checked=False: self.save_log(_asked_for_file()))
        ui.referenceComboBox.connect("currentIndexChanged(int)", lambda i: self._choose("reference", REFERENCES[i]))
        ui.segmentsComboBox.connect("currentIndexChanged(int)", lambda i: self._choose("segments", SEGMENTS[i]))
        ui.deviceComboBox.connect("currentIndexChanged(int)", lambda i: self._choose("device", DEVICES[i]))
        ui.networkPathEdit.connect("currentPathChanged(QString)", lambda path: self._choose("network", path))
        # An emptied field is no acceptable path to the widget, which tells it by this alone.
        ui.networkPathEdit.connect(
            "validInputChanged(bool)", lambda valid: self._choose("network", ui.networkPathEdit.currentPath)
        )
        ui.threeDButton.connect("toggled(bool)", lambda checked: self._results.show_surfaces(checked))

    def _choose(self, name: str, value: str) -> None:
        if self._parameters is not None and not self._updating:
            setattr(self._parameters, name, value)

    def _network_folder(self) -> Path | None:
        return Path(self._parameters.network).expanduser() if self._parameters.network else None

    def _refused(self) -> bool:
        """Say what has come in the way while packages were installed, and tell whether there is something."""
        reasons = self.obstacles()
        if reasons:
            self._end(State.FAILED, "\n".join(reasons))
        return bool(reasons)

    def _drop_report(self) -> None:
        """Remove the report of an earlier run, of which nothing is shown any more."""
        if self._report is not None:
            remove_scratch(self._report)
            self._report = None

    def _new_run(self) -> Run:
        parameters = self._parameters
        settings = Settings(
            device=parameters.device,
            network=self._network_folder(),
            confidence=parameters.confidence,
            nested=parameters.segments == "nested",
            minimum_component_ml=parameters.minimumComponent,
            et_minimum_ml=parameters.minimumEnhancing,
        )
        # The report outlives the run, and goes when its result is not shown any more, or with Slicer.
        self._report = make_scratch(SCRATCH, slicer.app.temporaryPath)
        reference = None if parameters.reference == "automatic" else parameters.reference
        return Run(
            self.volumes(),
            parameters.segmentation,
            reference=reference,
            settings=settings,
            report_folder=self._report / "report",
            temporary=slicer.app.temporaryPath,
            translate=translated_text,
        )

    def _finish(self, run: Run) -> None:
        """Put the result into the scene, or say why there is none."""
        try:
            result = run.finish()
        except Cancelled:
            self._end(State.IDLE, _("Cancelled. The scene is as it was."))
            return
        except Exception as fault:
            self._end(State.FAILED, _said(fault))
            return
        if self._parameters is not None:
            self._parameters.segmentation = result.segmentation
        self._end(State.DONE, _("Done: {sequences}.").format(sequences=" + ".join(result.report["used_modalities"])))
        # Who works elsewhere in Slicer keeps what he looks at.
        in_views = self._shown() and (self._parameters is None or self._parameters.showResult)
        self._results.show(result, run.reference_node, in_views)

    def _end(self, state: State, message: str) -> None:
        self._timer.stop()
        if self._run is not None:
            self._run.close()
            self.ui.logTextEdit.setPlainText("\n".join(filter(None, (message, self._run.log.strip()))))
            self._run = None
        elif message:
            self.ui.logTextEdit.setPlainText(message)
        if state is not State.DONE:
            self._drop_report()
        if state is State.FAILED:
            self.ui.advancedCollapsibleButton.collapsed = False  # the log is there
        self._show_state(state, message)

    # --- what is shown ----------------------------------------------------------------------------------------------

    def _propose(self, proposal: Proposal | None) -> None:
        self._proposal = proposal
        self._show_proposal()

    def _show_proposal(self) -> None:
        """Show what of the proposal the user has not changed since."""
        text = "" if self._proposal is None else _proposal_text(self._proposal, self.volumes())
        self.ui.proposalLabel.text = text
        self.ui.proposalLabel.visible = bool(text)

    def _show_state(self, state: State, message: str = "") -> None:
        self.state = state
        busy = state in BUSY
        for name in ("inputsCollapsibleButton", "outputCollapsibleButton", "advancedCollapsibleButton"):
            getattr(self.ui, name).enabled = not busy
        self.ui.progressBar.visible = busy
        # Without a number, a bar of unknown length.
        self.ui.progressBar.maximum = 100 if state is State.RUNNING else 0
        self.ui.progressBar.value = 0
        words = {
            State.INSTALLING: _("Installing packages..."),
            State.RUNNING: _("Starting..."),
            State.CANCELLING: _("Cancelling..."),
        }
        self.ui.statusLabel.text = words.get(state, message)
        self.ui.statusLabel.visible = bool(self.ui.statusLabel.text)
        self.ui.statusLabel.styleSheet = "QLabel { color: #b3261e; }" if state is State.FAILED else ""
        self.ui.saveLogButton.enabled = bool(self.ui.logTextEdit.plainText)
        self._show_apply()

    def _show_apply(self) -> None:
        button = self.ui.applyButton
        if self.state is State.RUNNING:
            button.text, button.enabled = _("Cancel"), True
            button.toolTip = _("Stops the segmentation. The scene stays as it is.")
            return
        button.text = _("Apply")
        if self.state in BUSY:
            button.enabled, button.toolTip = False, self.ui.statusLabel.text
            return
        reasons = self.obstacles()
        button.enabled = not reasons
        button.toolTip = "\n".join(reasons) if reasons else _("Segments the tumour.")

    def _show_progress(self, progress: RunProgress) -> None:
        if self.state is not State.RUNNING or not progress.running:
            return
        self.ui.progressBar.value = round(100 * progress.whole)
        text = _stage(progress.stage)
        if progress.seconds_left is not None and progress.seconds_left >= 1.0:
            left = _("about {seconds} s left").format(seconds=round(progress.seconds_left))
            text = f"{text}, {left}"
        self.ui.statusLabel.text = text

    def _show_expected_accuracy(self) -> None:
        self.ui.expectationLabel.text = self._expected_accuracy_text()
        self.ui.expectationLabel.visible = bool(self.ui.expectationLabel.text)

    def _expected_accuracy_text(self) -> str:
        volumes = self.volumes()
        if not volumes:
            return ""
        try:
            known = expected_accuracy(network_card(self._network_folder()), volumes)
        except (InputError, OSError):
            return ""
        sequences = subset_name(volumes)
        if known.dice is None:
            text = _("{network}: nothing was measured of its accuracy with {sequences}.")
            lines = [text.format(network=known.network, sequences=sequences)]
        else:
            text = _("Mean Dice of {network} with {sequences} on other cases: {dice}.")
            dice = ", ".join(f"{region.value} {known.dice[region]:.2f}" for region in REGIONS)
            lines = [text.format(network=known.network, sequences=sequences, dice=dice)]
        if Modality.T1CE not in volumes:
            lines.append(_("Without T1ce nobody can see enhancement: ET is a guess."))
        doubtful = [region for region in known.doubtful if region is not Region.ET or Modality.T1CE in volumes]
        if doubtful:
            text = _("Not to be relied on with these sequences: {regions}.")
            lines.append(text.format(regions=", ".join(region.value for region in doubtful)))
        return "<br>".join([lines[0], *(f"<b>{line}</b>" for line in lines[1:])])


def confirm_installation(lacking: Sequence[Requirement]) -> bool:
    """Ask whether packages may be installed, and return whether the answer is yes."""
    lines = [_("To segment, these packages must be downloaded and installed into Slicer's Python: {packages}.")]
    if TORCH in lacking:
        lines.append(_("PyTorch is large: from 200 MB for a CPU to several GB for a GPU."))
    lines.append(_("No images leave this computer. Install now?"))
    question = "\n\n".join(lines).format(packages=listed(lacking))
    return bool(slicer.util.confirmOkCancelDisplay(question, windowTitle=REQUESTER))


def _is_image(node: Node) -> bool:
    return node.GetClassName() == "vtkMRMLScalarVolumeNode" and node.GetImageData() is not None


def _asked_for_file() -> str:
    return str(qt.QFileDialog.getSaveFileName(None, _("Save log"), "GSSSegmentation-log.txt", _("Text files (*.txt)")))


def _stage(stage: str) -> str:
    """Return a stage of GSSCore in the user's words."""
    words: dict[str, str] = {
        "start": _("Starting..."),
        "read": _("Reading and checking the volumes"),
        "preprocess": _("Preparing"),
        "network": _("Segmenting"),
        "confidence": _("Making the confidence map"),
        "restore": _("Bringing the result onto the reference"),
        "write": _("Writing the report"),
    }
    return words.get(stage, stage)


def _because(reason: Reason) -> str:
    texts = {
        Evidence.NAME: _("by its name"),
        Evidence.DESCRIPTION: _("series description {words}").format(words=reason.words),
        Evidence.TIMES: reason.words,
    }
    agent = _("contrast agent {name}").format(name=reason.contrast_agent) if reason.contrast_agent else ""
    return ", ".join(filter(None, (texts[reason.source], agent)))


def _proposal_text(proposal: Proposal, chosen: Mapping[Modality, Node]) -> str:
    """Return what was proposed, and why, for the user to check, as far as it is still what is chosen."""
    unchanged = {m: node for m, node in proposal.nodes.items() if m in chosen and chosen[m] is node}
    lines = [f"{m.display}: {node.GetName()} ({_because(proposal.reasons[m])})" for m, node in unchanged.items()]
    for modality, names in proposal.unsure.items():
        if modality not in chosen:
            text = _("{sequence}: more than one would do, {names}. Choose one.")
            lines.append(text.format(sequence=modality.display, names=", ".join(names)))
    if not proposal.nodes and not proposal.unsure and not chosen:
        lines = [_("No loaded volume says by its name or DICOM data which sequence it is.")]
    elif unchanged:
        lines.insert(0, _("Proposed; please check:"))
    return "\n".join(lines)


def _said(fault: Exception) -> str:
    """Return a fault as a sentence in the user's language."""
    if isinstance(fault, GSSError):
        return translated_message(fault.message)
    logger.error("unexpected fault", exc_info=fault)
    return str(_("Unexpected fault: {fault}").format(fault=repr(fault)))
