"""What the Slicer module GSSSegmentation does. Most files run without Qt, under Slicer and on `slicer-core` alike.

The network never runs in Slicer's process. Volume nodes are written to files, a child process runs `python -m GSSCore`
on them, and its result becomes segments: see `run`. Nothing here needs torch.

Files that import GSSCore need `library.find_library` to have been called before.
"""
