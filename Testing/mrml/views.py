"""Slice and 3-D views without a window, drawn by MRML's own displayable managers, as Slicer draws them.

Needs EGL (Debian: libegl1, libgl1-mesa-dri), and VTK_DEFAULT_OPENGL_WINDOW=vtkEGLRenderWindow in the environment before
VTK is loaded; `make_pictures` sets it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray
from vtk.util.numpy_support import vtk_to_numpy

Picture = NDArray[np.uint8]
"""RGB (height, width, 3), the first row on top."""


class Shot(NamedTuple):
    """A picture, and how many mm one of its pixels is wide and high; in 3-D at the depth of what is looked at."""

    picture: Picture
    mm_per_pixel: float


_SLICE_MANAGERS = (
    "vtkMRMLSegmentationsDisplayableManager2D",
    "vtkMRMLModelSliceDisplayableManager",
    "vtkMRMLOrientationMarkerDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
)
_VIEW_MANAGERS = (
    "vtkMRMLCameraDisplayableManager",
    "vtkMRMLViewDisplayableManager",
    "vtkMRMLModelDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager3D",
    "vtkMRMLOrientationMarkerDisplayableManager",
)


def set_up_views(scene: Any) -> None:
    """Give the scene what the views of Slicer's application give it: orientations, managers that know the logics."""
    slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(scene, True)
    slicer.appLogic.SetSliceLogics(vtk.vtkCollection())
    slicer.appLogic.SetViewLogics(vtk.vtkCollection())
    crosshair = slicer.vtkMRMLCrosshairNode()
    crosshair.SetCrosshairName("default")
    scene.AddNode(crosshair)
    for factory in (_slice_factory(), _view_factory()):
        factory.SetMRMLApplicationLogic(slicer.appLogic)


def slice_view(
    scene: Any,
    background: Any,
    position: tuple[float, float, float],
    size: tuple[int, int],
    orientation: str = "Axial",
    foreground: Any = None,
    opacity: float = 0.5,
    field_mm: float = 200.0,
) -> Shot:
    """Draw a slice through a point.

    Args:
        scene: with all that is to be seen.
        background: scalar volume node.
        position: RAS in mm.
        size: width and height in pixels.
        orientation: "Axial", "Sagittal" or "Coronal".
        foreground: label map volume node on top, or None.
        opacity: of the foreground.
        field_mm: how much is seen from side to side.
    """
    renderer, window, _interactor = _window(size)
    renderer.GetActiveCamera().ParallelProjectionOn()
    # The image gets a layer below: segments drawn in the same one would blend with black instead of the image.
    below = vtk.vtkRenderer()
    below.GetActiveCamera().ParallelProjectionOn()
    window.SetNumberOfLayers(2)
    window.AddRenderer(below)
    renderer.SetLayer(1)
    logic = slicer.vtkMRMLSliceLogic()
    logic.SetMRMLApplicationLogic(slicer.appLogic)
    slicer.appLogic.GetSliceLogics().AddItem(logic)
    logic.SetMRMLScene(scene)
    node = logic.AddSliceNode(f"{orientation}{slicer.appLogic.GetSliceLogics().GetNumberOfItems()}")
    node.SetOrientation(orientation)
    composite = logic.GetSliceCompositeNode()
    composite.SetBackgroundVolumeID(background.GetID())
    if foreground is not None:
        composite.SetLabelVolumeID(foreground.GetID())
        composite.SetLabelOpacity(opacity)
    node.SetDimensions(*size, 1)
    logic.ResizeSliceNode(*size)
    logic.FitSliceToAll()
    node.SetFieldOfView(field_mm, field_mm * size[1] / size[0], 1.0)
    node.JumpSliceByOffsetting(*position)
    group = _group(_slice_factory(), _SLICE_MANAGERS, renderer, node)
    mapper = vtk.vtkImageMapper()
    mapper.SetColorWindow(255)
    mapper.SetColorLevel(127.5)
    mapper.SetInputConnection(logic.GetImageDataConnection())
    actor = vtk.vtkActor2D()
    actor.SetMapper(mapper)
    actor.GetProperty().SetDisplayLocationToBackground()
    below.AddViewProp(actor)
    picture = _picture(window)
    del group
    return Shot(picture, field_mm / size[0])


def view_3d(scene: Any, size: tuple[int, int], direction: tuple[float, float, float], zoom: float = 1.5) -> Shot:
    """Draw everything that has a surface, in parallel projection, so that a millimetre is as long everywhere.

    Args:
        scene: with all that is to be seen.
        size: width and height in pixels.
        direction: from the middle of what is seen towards the eye, RAS.
        zoom: above 1 is nearer than what just fits.
    """
    renderer, window, _interactor = _window(size)
    renderer.SetBackground(0.055, 0.067, 0.086)
    logic = slicer.vtkMRMLViewLogic()
    logic.SetMRMLApplicationLogic(slicer.appLogic)
    logic.SetMRMLScene(scene)
    slicer.appLogic.GetViewLogics().AddItem(logic)
    node = logic.AddViewNode(f"View{slicer.appLogic.GetViewLogics().GetNumberOfItems()}")
    node.SetBoxVisible(False)
    node.SetAxisLabelsVisible(False)
    node.SetBackgroundColor(0.055, 0.067, 0.086)
    node.SetBackgroundColor2(0.055, 0.067, 0.086)
    node.SetOrientationMarkerType(slicer.vtkMRMLAbstractViewNode.OrientationMarkerTypeAxes)
    node.SetOrientationMarkerSize(slicer.vtkMRMLAbstractViewNode.OrientationMarkerSizeSmall)
    group = _group(_view_factory(), _VIEW_MANAGERS, renderer, node)
    camera = renderer.GetActiveCamera()
    camera.ParallelProjectionOn()
    renderer.ResetCamera()
    focus, distance = np.array(camera.GetFocalPoint()), camera.GetDistance()
    towards = np.array(direction) / np.linalg.norm(direction)
    camera.SetPosition(*(focus + distance * towards))
    camera.SetViewUp(0.0, 0.0, 1.0)
    renderer.ResetCamera()
    camera.Zoom(zoom)
    renderer.ResetCameraClippingRange()
    picture = _picture(window)
    del group
    return Shot(picture, 2.0 * camera.GetParallelScale() / size[1])


def add_surface(scene: Any, mask: NDArray[np.bool_], affine: NDArray[np.float64], opacity: float) -> Any:
    """Add the smoothed surface of a mask as a translucent grey model.

    Args:
        scene: where to.
        mask: bool (I, J, K).
        affine: (4, 4), voxel index to RAS in mm.
        opacity: of the model, 0 to 1.
    """
    from vtk.util.numpy_support import numpy_to_vtk

    # A voxel of nothing all round closes the surface where the mask ends with the volume.
    wide = np.pad(mask, 1).astype(np.uint8)
    image = vtk.vtkImageData()
    image.SetDimensions(*wide.shape)
    image.GetPointData().SetScalars(numpy_to_vtk(wide.ravel(order="F"), deep=True))
    smooth = vtk.vtkImageGaussianSmooth()
    smooth.SetInputData(image)
    smooth.SetStandardDeviations(1.2, 1.2, 1.2)
    cast = vtk.vtkImageCast()
    cast.SetOutputScalarTypeToFloat()
    cast.SetInputData(image)
    smooth.SetInputConnection(cast.GetOutputPort())
    surface = vtk.vtkFlyingEdges3D()
    surface.SetInputConnection(smooth.GetOutputPort())
    surface.SetValue(0, 0.5)
    surface.ComputeScalarsOff()
    place = vtk.vtkTransform()
    place.SetMatrix(slicer.util.vtkMatrixFromArray(affine))
    place.Translate(-1.0, -1.0, -1.0)
    moved = vtk.vtkTransformPolyDataFilter()
    moved.SetTransform(place)
    moved.SetInputConnection(surface.GetOutputPort())
    moved.Update()
    model = scene.AddNewNodeByClass("vtkMRMLModelNode", "brain")
    model.SetAndObservePolyData(moved.GetOutput())
    model.CreateDefaultDisplayNodes()
    display = model.GetDisplayNode()
    display.SetColor(0.78, 0.80, 0.84)
    display.SetOpacity(opacity)
    # With its near side alone it needs no order of drawing: depth peeling fails without a graphics card.
    display.SetBackfaceCulling(True)
    display.SetVisibility2D(False)
    return model


def _slice_factory() -> Any:
    return slicer.vtkMRMLSliceViewDisplayableManagerFactory.GetInstance()


def _view_factory() -> Any:
    return slicer.vtkMRMLThreeDViewDisplayableManagerFactory.GetInstance()


def _window(size: tuple[int, int]) -> tuple[Any, Any, Any]:
    renderer = vtk.vtkRenderer()
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.ShowWindowOff()
    window.SetMultiSamples(8)
    window.SetSize(*size)
    window.AddRenderer(renderer)
    interactor = vtk.vtkRenderWindowInteractor()
    interactor.SetRenderWindow(window)
    interactor.Initialize()
    window.SetSize(*size)
    return renderer, window, interactor


def _group(factory: Any, managers: tuple[str, ...], renderer: Any, node: Any) -> Any:
    for name in managers:
        if not factory.IsDisplayableManagerRegistered(name):
            factory.RegisterDisplayableManager(name)
    group = slicer.vtkMRMLDisplayableManagerGroup()
    group.SetRenderer(renderer)
    group.Initialize(factory, renderer)
    group.SetMRMLDisplayableNode(node)
    return group


def _picture(window: Any) -> Picture:
    window.Render()
    grab = vtk.vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.ReadFrontBufferOff()
    grab.Update()
    image = grab.GetOutput()
    width, height, _ = image.GetDimensions()
    pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)
    return np.ascontiguousarray(pixels[::-1, :, :3])
