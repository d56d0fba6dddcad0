"""Many studies in one go: which ones, what became of each, the table of all. Needs no torch."""
