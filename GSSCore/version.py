"""The version of the project, in one place, and those of the packages it runs on."""

from __future__ import annotations

VERSION = "0.4.0"
PACKAGES = ("torch", "numpy", "scipy", "nibabel", "safetensors", "pillow")


def package_versions() -> dict[str, str | None]:
    """Return the version of each package that is needed, None where it is missing, without importing any."""
    return {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str | None:
    # Here, for `import GSSCore` needs only the number above and is to stay quick.
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
