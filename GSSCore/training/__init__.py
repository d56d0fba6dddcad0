"""Training: recipes, data with random or inherently missing modalities, augmentation, the loop, checkpoints."""
