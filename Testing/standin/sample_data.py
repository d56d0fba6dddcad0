"""Stands in for the Sample Data module's logic: sources are registered, and a custom one is loaded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class SampleDataLogic:
    """Knows the sources. Downloads are not here: a source without a downloader of its own can't be loaded."""

    sources: list[SimpleNamespace] = []

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
        source = SimpleNamespace(
            category=category, sampleName=sampleName, uris=uris, fileNames=fileNames, nodeNames=nodeNames,
            customDownloader=customDownloader, thumbnailFileName=thumbnailFileName,
            loadFileProperties=loadFileProperties,
        )  # fmt: skip
        SampleDataLogic.sources = [
            known for known in SampleDataLogic.sources if (known.category, known.sampleName) != (category, sampleName)
        ]
        SampleDataLogic.sources.append(source)

    @staticmethod
    def sourceForSampleName(sampleName: str) -> Any:
        """Return the source of a name, or None."""
        return next((source for source in SampleDataLogic.sources if source.sampleName == sampleName), None)

    def downloadSamples(self, sampleName: str) -> Any:
        """Return the nodes of a source."""
        source = self.sourceForSampleName(sampleName)
        if source is None or source.customDownloader is None:
            raise ValueError(f"the stand-in can't load {sampleName!r}")
        nodes = source.customDownloader(source)
        return nodes if isinstance(nodes, list) else [nodes]
