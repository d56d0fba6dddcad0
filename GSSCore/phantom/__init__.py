"""A realistic brain with a tumour whose truth is known, for demonstrations and tests; also in its head, as scanned.

`make_phantom` needs numpy only; `make_raw_phantom` needs scipy too, when it is called.
"""

from GSSCore.phantom.files import phantom_name, write_phantom, write_raw_phantom
from GSSCore.phantom.head import Phantom, make_phantom
from GSSCore.phantom.raw import RawPhantom, make_raw_phantom

__all__ = [
    "Phantom",
    "RawPhantom",
    "make_phantom",
    "make_raw_phantom",
    "phantom_name",
    "write_phantom",
    "write_raw_phantom",
]
