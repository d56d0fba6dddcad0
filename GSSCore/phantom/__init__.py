"""A realistic brain with a tumour whose truth is known, for demonstrations and tests. Needs numpy only."""

from GSSCore.phantom.files import phantom_name, write_phantom
from GSSCore.phantom.head import Phantom, make_phantom

__all__ = ["Phantom", "make_phantom", "phantom_name", "write_phantom"]
