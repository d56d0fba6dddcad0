"""`gss strip`: scans of heads in, the brain and its mask out, each on its scan's own grid."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from GSSCore.cli.arguments import Commands, add_progress, as_path, files_of_settings, plain_table
from GSSCore.cli.progress import Reporter
from GSSCore.errors import InputError, UsageError
from GSSCore.files import encoded, write_files
from GSSCore.messages import Message
from GSSCore.outputs import hashes_of, json_kind, own_files, require_free, require_writable
from GSSCore.sequences.files import stem_of
from GSSCore.version import VERSION
from GSSCore.vocabulary import RESEARCH_USE

if TYPE_CHECKING:
    from GSSCore.brain_extraction.checks import Extraction
    from GSSCore.brain_extraction.extractor import BrainExtractor

MANIFEST = "brains.json"
_PROGRAM = "gss strip"
_KIND = json_kind(MANIFEST, "program", _PROGRAM, ())


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "strip",
        help="cut the brain out of scans of heads",
        description="Finds the brain in MR scans of heads, of any contrast and orientation, and writes for each FILE "
        "<name>_brain.nii.gz and <name>_mask.nii.gz on the scan's own grid, and brains.json with the checks of each.",
    )
    parser.add_argument("files", type=as_path, nargs="+", metavar="FILE", help="scan (NIfTI, NRRD or MetaImage)")
    parser.add_argument("--output", type=as_path, required=True, metavar="FOLDER", help="where the results go")
    parser.add_argument(
        "--network", type=as_path, metavar="FOLDER", help="folder of a brain network; by default the shipped one"
    )
    add_progress(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Strip each file, print what became of it, and return the exit code: 3 where one was refused."""
    names = _names(options.files)
    outputs = [MANIFEST, *(name for of_one in names for name in of_one)]
    require_writable(options.output)
    require_free(options.output, outputs, _KIND, [*options.files, *files_of_settings(options)])
    from GSSCore.brain_extraction.extractor import BrainExtractor

    reporter: Reporter = options.reporter
    extractor = BrainExtractor.load(options.network)
    told: list[dict[str, Any]] = []
    for number, (path, (brain, mask)) in enumerate(zip(options.files, names, strict=True)):
        reporter("strip", number / len(names), path.name)
        told.append(_strip(extractor, path, options.output, brain, mask, told))
    reporter("strip", 1.0)
    reporter.done(str(options.output))
    if options.progress != "jsonl":
        _print(told, options.output)
    refused = [one["refused"] for one in told if one["refused"] is not None]
    for one in refused:
        print(f"gss: {one}", file=sys.stderr)
    return InputError.exit_code if refused else 0


def _names(files: Sequence[Path]) -> list[tuple[str, str]]:
    """Return the names of brain and mask for each file. Raises UsageError where two files would get the same."""
    stems = [stem_of(path.name) or path.name for path in files]
    doubled = [stem for stem, count in Counter(stems).items() if count > 1]
    if doubled:
        raise UsageError(
            Message(
                "strip.same-name",
                "Several files are called {name}, and their results would be as well: strip them into folders of "
                "their own.",
                name=doubled[0],
            )
        )
    return [(f"{stem}_brain.nii.gz", f"{stem}_mask.nii.gz") for stem in stems]


def _strip(
    extractor: BrainExtractor, path: Path, folder: Path, brain: str, mask: str, before: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Strip one file, write it and the manifest, and return what the manifest tells of it."""
    import numpy as np

    from GSSCore.brain_extraction.distance import brain_mask
    from GSSCore.imaging.reading import read_volume
    from GSSCore.imaging.volume import Volume
    from GSSCore.imaging.writing import nifti_bytes

    try:
        scan = read_volume(path)
        found = extractor.extract(scan)
        if found.refusal is not None:
            raise InputError(found.refusal)
    except InputError as fault:
        return {"file": str(path), "refused": str(fault.message), "stripped_before": False, "doubts": [], "checks": {}}
    inside = brain_mask(found.distance, scan.grid)
    array = np.where(inside, scan.array, scan.array.dtype.type(0))
    files = {
        name: nifti_bytes(Volume(values, scan.affine, space=scan.space), description=RESEARCH_USE)
        for name, values in ((brain, array), (mask, inside))
    }
    one = _told(path, found, [] if scan.warning is None else [scan.warning])
    known = {name: digest for name, digest in own_files(folder, _KIND).items() if name != MANIFEST}
    manifest = {
        "program": f"{_PROGRAM} {VERSION}",
        "research_use": RESEARCH_USE,
        "network": {"name": extractor.card.name, "version": extractor.card.version, "sha256": extractor.card.sha256},
        "scans": [*before, one],
        "files": known | hashes_of(files),
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    write_files(folder, {**files, MANIFEST: encoded(text)})
    return one


def _told(path: Path, found: Extraction, warnings: Sequence[Message]) -> dict[str, Any]:
    return {
        "file": str(path),
        "refused": None,
        "stripped_before": found.stripped,
        "doubts": [str(doubt) for doubt in (*warnings, *found.doubts)],
        "checks": {name: None if value is None else round(value, 4) for name, value in found.checks.items()},
    }


def _print(told: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """Print a line for each scan, then what is in doubt, and where the results are."""
    rows = []
    for one in told:
        state = "refused" if one["refused"] else "stripped already" if one["stripped_before"] else "stripped"
        ml = one["checks"].get("brain_ml")
        rows.append([Path(one["file"]).name, "" if ml is None else f"{ml:.0f}", state])
    print(plain_table(["scan", "brain ml", ""], rows))
    for one in told:
        for doubt in one["doubts"]:
            print(f"note: {doubt}")
    if any(one["refused"] is None for one in told):
        print(f"written to {folder}. {RESEARCH_USE}")
