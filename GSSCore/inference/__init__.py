"""From a study and a network to a segmentation. Importing the package itself, or its `settings`, needs no torch."""
