"""Segments one study, through Slicer's data model, and saves segments beside label map and report.

Slicer --no-main-window --python-script segment_study.py --flair FLAIR.nii.gz --t2 T2.nii.gz --output FOLDER

The same runs in plain Python with the slicer-core package. Exit codes: 0 done, 1 fault, 2 wrong usage, 3 input or
environment refused, 130 cancelled. Research tool, not for clinical use.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

# Slicer searches the module's folder when the extension is installed, plain Python does not. A script of its own may
# change the search path; the module itself does not when it is imported.
sys.path.append(str(Path(__file__).resolve().parents[1]))
from GSSSegmentationLib.library import find_library

find_library()

from GSSCore.cli.arguments import add_study, as_path, study_files
from GSSCore.cli.options import add_options, read_options
from GSSCore.vocabulary import RESEARCH_USE
from GSSSegmentationLib.batch import print_result, run_script, segment_files
from GSSSegmentationLib.settings import SLICERS_OWN, Settings


def main(words: Sequence[str]) -> int:
    """Segment the study that the arguments name."""
    parser = argparse.ArgumentParser(
        prog="segment_study.py", description="Segments a study through Slicer's data model.", epilog=RESEARCH_USE
    )
    add_study(parser)
    parser.add_argument("--output", type=as_path, required=True, metavar="FOLDER", help="where the results go")
    add_options(parser, Settings, SLICERS_OWN)
    options = parser.parse_args(words)
    files = study_files(options)
    report = segment_files(files, options.output, read_options(Settings, options), options.reference, files.warnings)
    print_result(report, options.output)
    return 0


if __name__ == "__main__":
    run_script(main)
