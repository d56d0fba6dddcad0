"""Guided Self-Supervision: the teacher, the distillation towards it, and the loss that trains a network.

While training, a network predicts from each modality alone as well as from all that are available. From the
single-modality predictions a per-voxel teacher is built by confidence (`teacher`), each of them is pulled towards it
(`distillation`), and all are compared with the truth (`loss`). Importing this package's modules imports torch.
"""
