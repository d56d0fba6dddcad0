"""Segments many studies, through Slicer's data model, each into a folder with segments, label map and report.

Slicer --no-main-window --python-script segment_cohort.py STUDIES --output FOLDER [--skip-existing] [--part 1/4]

STUDIES is a folder with one folder per study, or a CSV file with the columns id,flair,t1ce,t1,t2. The same runs in
plain Python with the slicer-core package. Exit codes: 0 all done, 1 an unexpected fault, 2 wrong usage, 3 some studies,
or the environment, refused, 130 cancelled. Research tool, not for clinical use.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Slicer searches the module's folder when the extension is installed, plain Python does not. A script of its own may
# change the search path; the module itself does not when it is imported.
sys.path.append(str(Path(__file__).resolve().parents[1]))
from GSSSegmentationLib.library import find_library

find_library()

from GSSCore.cli.arguments import add_progress
from GSSCore.cli.cohort import add_cohort, segment_cohort
from GSSCore.cli.options import add_options, read_options
from GSSCore.cli.progress import Reporter
from GSSCore.cohort.segmenters import Job, one_by_one
from GSSCore.results.files import CONFIDENCE_FILE
from GSSCore.vocabulary import RESEARCH_USE
from GSSSegmentationLib.batch import SEGMENTATION_FILE, run_script, segment_files
from GSSSegmentationLib.dependencies import require_installed
from GSSSegmentationLib.settings import SLICERS_OWN, Settings


def main(words: Sequence[str]) -> int:
    """Segment the studies that the arguments name, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="segment_cohort.py", description="Segments many studies through Slicer's data model.", epilog=RESEARCH_USE
    )
    add_cohort(parser)
    add_options(parser, Settings, SLICERS_OWN)
    add_progress(parser, default="none")
    options = parser.parse_args(words)
    settings = read_options(Settings, options)
    # Once, and not for each study: without them none can be segmented.
    require_installed()

    def segment_one(job: Job) -> Mapping[str, Any]:
        return segment_files(job.row.files, job.folder, settings, options.reference, job.row.warnings)

    # A result without the confidence that is asked for now is not what this run would write.
    files = (SEGMENTATION_FILE, *((CONFIDENCE_FILE,) if settings.confidence else ()))
    reporter = Reporter(options.progress)
    with reporter.telling_failure():
        return segment_cohort(options, one_by_one(segment_one), reporter, files)


if __name__ == "__main__":
    run_script(main)
