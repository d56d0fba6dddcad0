"""Test-only stand-ins for what the Slicer application has and `slicer-core` lacks; see README.md."""
