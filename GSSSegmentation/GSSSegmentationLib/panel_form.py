"""The panel's widgets above the result: they show the parameters, the state and the progress. Needs Qt, so Slicer."""

from __future__ import annotations

from enum import Enum
from typing import Any

import ctk
from slicer.i18n import tr as _

from GSSSegmentationLib.chosen_inputs import chosen_modality, chosen_volumes, network_folder, obstacles
from GSSSegmentationLib.input_look import Looker
from GSSSegmentationLib.panel_texts import expected_accuracy_text, found_text, progress_text, proposal_text
from GSSSegmentationLib.parameters import CHOICES, explain
from GSSSegmentationLib.run import RunProgress
from GSSSegmentationLib.sequence_identification import Proposal
from GSSSegmentationLib.translation import translated_text


class State(Enum):
    """What the panel is doing."""

    IDLE = "idle"
    INSTALLING = "installing"
    RUNNING = "running"
    CANCELLING = "cancelling"
    FAILED = "failed"
    DONE = "done"


BUSY = (State.INSTALLING, State.RUNNING, State.CANCELLING)
_FAILURE_STYLE = "QLabel { color: #b3261e; }"


class PanelForm:
    """Keeps the widgets of the .ui file in step with the parameter node, the proposal, and the state.

    Args:
        ui: the widgets by name.
    """

    def __init__(self, ui: Any) -> None:
        self.ui = ui
        self.state = State.IDLE
        self.parameters: Any = None
        self.pace = 1.0
        self._looker = Looker()
        self._raw = False
        self._proposal: Proposal | None = None
        self._updating = False
        # Designer, which does not have the widget's class, can't write these flags into the .ui file.
        ui.networkPathEdit.filters = ctk.ctkPathLineEdit.Dirs
        explain(ui, translated_text)
        self._connect()
        self._show_proposal()
        self.show_state(State.IDLE)

    def set_parameters(self, parameters: Any) -> None:
        """Show another parameter node; None while there is none."""
        self.parameters = parameters
        self.refresh()

    def set_proposal(self, proposal: Proposal | None) -> None:
        """Show another proposal of `Find volumes`; None for none."""
        self._proposal = proposal
        self._show_proposal()

    def refresh(self) -> None:
        """Show what the parameters say now, and what follows from it."""
        if self.parameters is not None:
            self._updating = True
            try:
                self._show_choices()
            finally:
                self._updating = False
        self._show_proposal()
        self._show_found()
        self._show_expected_accuracy()
        self._show_apply()

    def show_state(self, state: State, message: str = "") -> None:
        """Show a state: which widgets can be used, the bar, and a message where the state has no words of its own."""
        self.state = state
        busy = state in BUSY
        for name in ("inputsCollapsibleButton", "outputCollapsibleButton", "advancedCollapsibleButton"):
            getattr(self.ui, name).enabled = not busy
        self.ui.progressBar.visible = busy
        # A maximum of 0 makes the bar move without a number.
        self.ui.progressBar.maximum = 100 if state is State.RUNNING else 0
        self.ui.progressBar.value = 0
        words = {
            State.INSTALLING: _("Installing packages..."),
            State.RUNNING: _("Starting..."),
            State.CANCELLING: _("Cancelling..."),
        }
        self.ui.statusLabel.text = words.get(state, message)
        self.ui.statusLabel.visible = bool(self.ui.statusLabel.text)
        self.ui.statusLabel.styleSheet = _FAILURE_STYLE if state is State.FAILED else ""
        if state is State.FAILED:
            self.ui.advancedCollapsibleButton.collapsed = False  # the log is there
        self.ui.saveLogButton.enabled = bool(self.ui.logTextEdit.plainText)
        self._show_found()  # voxels may have changed since the volumes were chosen
        self._show_expected_accuracy()
        self._show_apply()

    def show_progress(self, progress: RunProgress) -> None:
        """Show how far a run is."""
        if self.state is State.RUNNING and progress.running:
            self.ui.progressBar.value = round(100 * progress.whole)
            self.ui.statusLabel.text = progress_text(progress)

    def _connect(self) -> None:
        """Connect the widgets that the parameter node's own connection does not reach."""
        ui = self.ui
        for name in CHOICES:
            self._connect_choice(name)
        ui.networkPathEdit.connect("currentPathChanged(QString)", lambda path: self._choose("network", path))
        # To the widget an empty path is not acceptable: when the field is emptied, it sends this signal alone.
        ui.networkPathEdit.connect(
            "validInputChanged(bool)", lambda valid: self._choose("network", ui.networkPathEdit.currentPath)
        )

    def _combo_box(self, name: str) -> Any:
        return getattr(self.ui, f"{name}ComboBox")

    def _connect_choice(self, name: str) -> None:
        self._combo_box(name).connect("currentIndexChanged(int)", lambda i: self._choose(name, CHOICES[name][i]))

    def _choose(self, name: str, value: str | bool) -> None:
        if self.parameters is not None and not self._updating:
            setattr(self.parameters, name, value)

    def _show_choices(self) -> None:
        parameters = self.parameters
        for name, choices in CHOICES.items():  # an imported scene may hold a value that this version does not have
            if getattr(parameters, name) not in choices:
                setattr(parameters, name, choices[0])
            self._combo_box(name).currentIndex = choices.index(getattr(parameters, name))
        if self.ui.networkPathEdit.currentPath != parameters.network:
            self.ui.networkPathEdit.currentPath = parameters.network

    def _show_proposal(self) -> None:
        text = "" if self._proposal is None else proposal_text(self._proposal, chosen_volumes(self.parameters))
        self.ui.proposalLabel.text = text
        self.ui.proposalLabel.visible = bool(text)

    def _show_found(self) -> None:
        """Show what the volumes look like. Nothing is said where Apply can't be pressed: its tool tip says why."""
        parameters, volumes = self.parameters, chosen_volumes(self.parameters)
        found = None
        if volumes and not obstacles(parameters):
            mask = parameters.brainMask is not None
            found = self._looker.look(volumes, parameters.input, chosen_modality(parameters), mask=mask)
        self._raw = found is not None and found.raw
        self.ui.foundLabel.text = "" if found is None else found_text(found, len(volumes), self.pace)
        self.ui.foundLabel.visible = found is not None

    def _show_expected_accuracy(self) -> None:
        volumes = chosen_volumes(self.parameters)
        text = expected_accuracy_text(network_folder(self.parameters), volumes, raw=self._raw) if volumes else ""
        self.ui.expectedAccuracyLabel.text = text
        self.ui.expectedAccuracyLabel.visible = bool(text)

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
        reasons = obstacles(self.parameters)
        button.enabled = not reasons
        button.toolTip = "\n".join(reasons) if reasons else _("Segments the tumour.")
