"""pydicom, which is needed for DICOM alone and comes with the extra `[dicom]`, and with 3D Slicer."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from GSSCore.errors import EnvironmentRefused
from GSSCore.messages import Message


def pydicom() -> Any:
    """Return the package.

    Raises:
        EnvironmentRefused: when it is not installed.
    """
    try:
        return import_module("pydicom")
    except ImportError as error:
        raise EnvironmentRefused(
            Message(
                "dicom.no-pydicom",
                "DICOM needs the package pydicom, which is not installed: run `pip install 'gsssegmentation[dicom]'`, "
                "or convert the series to NIfTI, for example with dcm2niix.",
            )
        ) from error
