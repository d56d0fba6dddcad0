"""Names of volume nodes in place of temporary files: the user knows the nodes, the child process only the files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from GSSCore.messages import Message, Value
from GSSCore.vocabulary import Modality
from GSSSegmentationLib.nodes import Node


class NodeNames:
    """Replaces the temporary files of a run by the names of the volume nodes that were written to them.

    Args:
        volumes: the volume nodes.
        files: the file that each of them was written to.
        others: names of further nodes by the files that they were written to.
    """

    def __init__(
        self, volumes: Mapping[Modality, Node], files: Mapping[Modality, Path], others: Mapping[Path, str] | None = None
    ) -> None:
        self._names: dict[str, str] = {}
        for modality, path in files.items():
            self._add(path, volumes[modality].GetName())
        for path, name in (others or {}).items():
            self._add(path, name)

    def _add(self, path: Path, name: str) -> None:
        self._names[str(path)] = self._names[path.name] = f"'{name}'"

    def in_text(self, text: str) -> str:
        """Return a text of the child process with names of nodes."""
        if not self._names:
            return text
        # All at once: a volume may have the name of another one's file.
        return re.sub("|".join(map(re.escape, self._names)), lambda found: self._names[found[0]], text)

    def in_values(self, value: Any) -> Any:
        """Return JSON values with names of nodes in their texts."""
        if isinstance(value, dict):
            return {key: self.in_values(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.in_values(one) for one in value]
        return self.in_text(value) if isinstance(value, str) else value

    def in_message(self, message: Message) -> Message:
        """Return a message of the child process with names of nodes in its values."""
        values = {name: self._in_value(value) for name, value in message.values.items()}
        return Message.from_json({"code": message.code, "template": message.template, "values": values})

    def _in_value(self, value: Value) -> Value:
        if isinstance(value, tuple):
            return tuple(map(self.in_text, value))
        return self.in_text(value) if isinstance(value, str) else value
