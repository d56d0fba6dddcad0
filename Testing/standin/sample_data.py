"""Stands in for the Sample Data module's logic: sources are registered by category, and loaded as the original does.

Its button calls a source's own downloader; `downloadSamples` does not, but tries the addresses. Nothing is downloaded
here, so that it ends as the original does without a network: with errors in the log and nothing loaded.
"""

from __future__ import annotations

import logging
from typing import Any

import slicer

ATTEMPTS = 3

logger = logging.getLogger(__name__)


class SampleDataSource:
    """A source; two are the same when they are written the same."""

    def __init__(self, **fields: Any) -> None:
        vars(self).update(fields)
        for name in ("uris", "fileNames", "nodeNames"):
            if isinstance(fields[name], str):
                setattr(self, name, [fields[name]])

    def __str__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in vars(self).items())

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    __hash__ = None  # type: ignore[assignment]


class SampleDataLogic:
    """Knows the sources."""

    @staticmethod
    def registerCustomSampleDataSource(
        category: str = "Custom",
        sampleName: Any = None,
        uris: Any = None,
        fileNames: Any = None,
        nodeNames: Any = None,
        customDownloader: Any = None,
        thumbnailFileName: Any = None,
        loadFileTypes: Any = None,
        loadFiles: Any = None,
        loadFileProperties: Any = None,
        checksums: Any = None,
        loadFileType: Any = None,
    ) -> None:
        """Register a source; the module's own checks on names and addresses are made here as well.

        Raises:
            TypeError: uris, file names and node names are no strings or lists.
            ValueError: the lists are not of the same length, or there is nothing to load from.
        """
        several = [value for value in (uris, fileNames, nodeNames) if value is not None]
        if not all(isinstance(value, str | list) for value in several):
            raise TypeError("uris, file names and node names are strings or lists")
        if len({len(value) if isinstance(value, list) else 1 for value in several}) > 1:
            raise ValueError("there must be as many uris as file names and node names")
        if sampleName is None or (uris is None and customDownloader is None):
            raise ValueError("a source needs a name, and an address or a downloader")
        if customDownloader is not None and not callable(customDownloader):
            raise TypeError("the downloader can't be called")
        source = SampleDataSource(
            sampleName=sampleName, uris=uris, fileNames=fileNames, nodeNames=nodeNames,
            customDownloader=customDownloader, thumbnailFileName=thumbnailFileName,
            loadFileProperties=loadFileProperties,
        )  # fmt: skip
        known = _sources().setdefault(category, [])
        if source not in known:
            known.append(source)

    @staticmethod
    def sampleDataSourcesByCategory(category: str | None = None) -> Any:
        """Return the sources of a category, or all by their categories."""
        return _sources() if category is None else _sources().get(category, [])

    def sourceForSampleName(self, sampleName: str) -> Any:
        """Return the source of a name, or None."""
        every = [source for sources in _sources().values() for source in sources]
        return next((source for source in every if source.sampleName == sampleName), None)

    def downloadFromSource(self, source: Any) -> list[Any]:
        """Return what was loaded from the addresses of a source: nothing, as there is no network."""
        for uri in source.uris or []:
            for attempt in range(ATTEMPTS):
                logger.error("Download of %s failed (attempt %d of %d)", uri, attempt + 1, ATTEMPTS)
        return []

    def downloadSamples(self, sampleName: str) -> list[Any]:
        """Return the nodes of a source, which its addresses give, and not its own downloader."""
        source = self.sourceForSampleName(sampleName)
        return [] if source is None else self.downloadFromSource(source)


def _sources() -> dict[str, list[Any]]:
    if not hasattr(slicer.modules, "sampleDataSources"):
        slicer.modules.sampleDataSources = {}
    return slicer.modules.sampleDataSources  # type: ignore[no-any-return]
