"""The mutual information of two copies, and the rigid transform that makes the most of it: what SimpleITK does for us.

ITK counts in LPS mm; here alone RAS is turned to it and back. All transforms go from RAS mm of the fixed scan to RAS mm
of the moving one.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from GSSCore.imaging.arrays import Affine, Array, Doubles
from GSSCore.registration.interruptible import interruptible
from GSSCore.registration.rigid import LPS
from GSSCore.registration.scan import Copy
from GSSCore.registration.watch import Watch

if TYPE_CHECKING:
    import SimpleITK

BINS = 32
SEED = 17
WORK_UNITS = 4
"""Parts in which ITK sums the metric. A fixed number: the last digits depend on it, not on the threads at work."""
ARM_MM = 50.0
"""A turn by one radian counts as much as this shift: so far the brain's points lie from an axis through its middle.
With the scales that ITK estimates at the corners of the image, steps shrank before the best was found."""
RELAXATION = 0.5
"""By how much a step shrinks when the gradient has turned."""


@dataclass(frozen=True)
class Descent:
    """How the optimiser walks at one level.

    Attributes:
        samples: voxels of the fixed scan at which the metric looks, nearly; drawn once with a fixed seed.
        step_mm: first step, of the points of the brain, nearly.
        least_mm: it ends when steps have become smaller.
        iterations: it ends after so many.
    """

    samples: int
    step_mm: float
    least_mm: float
    iterations: int


class Pair:
    """Two copies, one to be laid on the other."""

    def __init__(self, fixed: Copy, moving: Copy, centre: Doubles) -> None:
        """Take the copies, and the point (3,) of the fixed one, in RAS mm, about which it is turned."""
        self._fixed, self._moving = _image(fixed.image, fixed.affine), _image(moving.image, moving.affine)
        self._mask = _image(fixed.around.astype(np.uint8), fixed.affine)
        self._inside = int(fixed.around.sum())
        self._share = self._inside / fixed.around.size
        self._centre = centre

    def information(self, transform: Affine) -> float:
        """Return the mutual information in nats over all voxels around the brain; 0 where too few have a partner."""
        method = self._method()
        method.SetInitialTransform(_euler(transform, self._centre))
        try:
            return -float(method.MetricEvaluate(self._fixed, self._moving))
        except RuntimeError:  # too few of the voxels lie in the moving scan
            return 0.0

    def optimise(self, start: Affine, descent: Descent, watch: Watch) -> Affine:
        """Return the transform at which the mutual information is largest, near `start`.

        Raises:
            Cancelled, OutOfTime: from within an iteration.
        """
        import SimpleITK

        method = self._method()
        share = min(1.0, descent.samples / max(1, self._inside))
        if share < 1.0:
            method.SetMetricSamplingStrategy(method.RANDOM)
            method.SetMetricSamplingPercentage(share, SEED)
        method.SetOptimizerAsRegularStepGradientDescent(
            descent.step_mm, descent.least_mm, descent.iterations, RELAXATION, 1e-8
        )
        method.SetOptimizerScales([ARM_MM**2] * 3 + [1.0] * 3)
        euler = _euler(start, self._centre)
        method.SetInitialTransform(euler, inPlace=True)
        fault: list[BaseException] = []
        interrupted = Event()

        def look() -> None:
            try:
                watch.check()
            except BaseException as stop:  # it must not pass through ITK, which would make another error of it
                fault.append(stop)
            if fault or interrupted.is_set():
                method.StopRegistration()

        method.AddCommand(SimpleITK.sitkIterationEvent, look)
        watch.check()
        try:
            interruptible(lambda: method.Execute(self._fixed, self._moving), interrupted.set)
        except RuntimeError:
            if not fault:
                return start
        if fault:
            raise fault[0]
        return _matrix(euler)

    def _method(self) -> SimpleITK.ImageRegistrationMethod:
        import SimpleITK

        method = SimpleITK.ImageRegistrationMethod()
        method.SetMetricAsMattesMutualInformation(BINS)
        method.SetMetricFixedMask(self._mask)
        method.SetInterpolator(SimpleITK.sitkLinear)
        method.MetricUseFixedImageGradientFilterOff()
        method.MetricUseMovingImageGradientFilterOff()
        method.SetNumberOfWorkUnits(WORK_UNITS)
        return method


def _image(array: Array, affine: Affine) -> SimpleITK.Image:
    """Return an array (I, J, K) with its affine, from voxel to RAS mm, as an image of ITK."""
    import SimpleITK

    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(array.transpose(2, 1, 0)))
    lps = LPS @ affine
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    image.SetSpacing(spacing.tolist())
    image.SetOrigin(lps[:3, 3].tolist())
    image.SetDirection((lps[:3, :3] / spacing).ravel().tolist())
    return image


def _euler(transform: Affine, centre: Doubles) -> SimpleITK.Euler3DTransform:
    """Return a rigid transform in RAS mm as ITK's, turning about the point `centre`, in RAS mm too."""
    import SimpleITK

    lps = LPS @ transform @ LPS
    middle = LPS[:3, :3] @ centre
    euler = SimpleITK.Euler3DTransform()
    euler.SetCenter(middle.tolist())
    euler.SetMatrix(lps[:3, :3].ravel().tolist(), 1e-6)
    euler.SetTranslation((lps[:3, 3] + lps[:3, :3] @ middle - middle).tolist())
    return euler


def _matrix(euler: SimpleITK.Euler3DTransform) -> Affine:
    """Return ITK's transform as a (4, 4) in RAS mm."""
    lps = np.eye(4)
    lps[:3, :3] = np.array(euler.GetMatrix()).reshape(3, 3)
    lps[:3, 3] = np.array(euler.TransformPoint((0.0, 0.0, 0.0)))
    return np.asarray(LPS @ lps @ LPS)
