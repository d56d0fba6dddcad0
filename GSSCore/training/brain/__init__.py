"""Training of the brain network: heads as they are, heads drawn from label maps, and brains with tumours set into both.

Modules:
    heads: what is read.
    geometry: where a sample's voxels come from.
    drawn, composite, appearance: what they look like.
    recipe: what determines all of it.
    samples: one sample after another, each from its number alone.
    training: the loop, on the schedule, optimisers and checkpoints of `GSSCore.training`.
"""
