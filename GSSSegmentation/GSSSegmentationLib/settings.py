"""What a user may choose about a segmentation in Slicer. Needs neither torch nor Slicer.

An option of the network is declared in `GSSCore.inference.settings`, one of how scans become a study in
`GSSCore.raw.settings`; one of Slicer alone is declared here.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from GSSCore.cli.options import words_of
from GSSCore.errors import UsageError
from GSSCore.inference.settings import NetworkSettings
from GSSCore.messages import Message
from GSSCore.options import Option, documented, option, options_of
from GSSCore.raw.settings import InputSettings

IN_PANEL = (
    "nested", "confidence", "device", "network", "minimum_component_ml", "et_minimum_ml",
    "input", "all_sequences", "registration_seconds", "registered_volumes",
)  # fmt: skip
"""Options that the panel has a widget for. Its name, its tooltip and its range follow from the declaration."""
SLICERS_OWN = ("registered_volumes",)
"""Options that mean something in a scene alone; batch scripts, which write files, do not offer them."""
_PATHS = ("network", "brain_mask", "brain_network")


@documented
@dataclass(frozen=True)
class Settings(InputSettings, NetworkSettings):
    """How to segment: how scans become a study, a network, how it is run, and what becomes of its labels in Slicer.

    Raises:
        UsageError: for a value that makes no sense.
    """

    nested: bool = option(
        False,
        "nested regions, which contain each other (whole tumour WT, tumour core TC, enhancing tumour ET), instead of "
        "sub-regions, which exclude each other (necrotic core NCR, oedema ED, enhancing tumour ET)",
    )
    registered_volumes: bool = option(
        False,
        "copies of raw volumes, each under a transform that lays it on the reference; their voxels are as they were",
    )

    def __post_init__(self) -> None:
        NetworkSettings.__post_init__(self)  # checks all options, and refuses as the others do
        for name in _PATHS:
            path = getattr(self, name)
            if path is not None:
                # The child process works in another folder.
                object.__setattr__(self, name, Path(path).expanduser().absolute())

    @classmethod
    def of(cls, values: dict[str, Any]) -> Settings:
        """Return settings from keyword arguments. Raises UsageError for an unknown one, with the nearest name."""
        names = [one.name for one in options_of(cls)]
        for name in values:
            if name not in names:
                near = get_close_matches(name, names, n=1)
                if near:
                    raise UsageError(
                        Message(
                            "setting.unknown-near",
                            "There is no setting '{name}'; '{near}' may be meant.",
                            name=name,
                            near=near[0],
                        )
                    )
                raise UsageError(
                    Message(
                        "setting.unknown", "There is no setting '{name}': there are {known}.", name=name, known=names
                    )
                )
        return cls(**values)

    def arguments(self) -> list[str]:
        """Return them as arguments of `gss segment`, which does not know Slicer's own."""
        return words_of(self, NetworkSettings) + words_of(self, InputSettings)


def panel_options() -> tuple[Option, ...]:
    """Return the options that the panel has a widget for."""
    return tuple(one for one in options_of(Settings) if one.name in IN_PANEL)


def tooltip(option: Option) -> str:
    """Return what an option means as a sentence, in English."""
    text = option.declared.help
    return f"{text[0].upper()}{text[1:]}."
