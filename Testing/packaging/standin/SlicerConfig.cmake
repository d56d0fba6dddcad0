# Stands in for the SlicerConfig.cmake of a 3D Slicer build, so that plain CMake can configure, build and install the
# extension: cmake -DSlicer_DIR=<this folder> -DCMAKE_TOOLCHAIN_FILE=<this folder>/nothing-is-compiled.cmake ...
# Written for the tests in Testing/packaging from the observable behaviour of Slicer 5.10 and 5.12; it is not Slicer,
# and what passes here has not run in Slicer. See each file for what it reproduces and what it leaves out.
#
# Of the original: the variables through which an extension finds the use file, the two closing scripts, and the
# folders of scripted modules in the build tree and in the installed tree.

set(Slicer_VERSION_MAJOR 5)
set(Slicer_VERSION_MINOR 12)
set(Slicer_USE_PYTHONQT ON)

set(Slicer_USE_FILE "${CMAKE_CURRENT_LIST_DIR}/UseSlicer.cmake")
set(Slicer_EXTENSION_GENERATE_CONFIG "${CMAKE_CURRENT_LIST_DIR}/ExtensionGenerateConfig.cmake")
set(Slicer_EXTENSION_CPACK "${CMAKE_CURRENT_LIST_DIR}/ExtensionCPack.cmake")

set(Slicer_QTSCRIPTEDMODULES_LIB_DIR "lib/Slicer-5.12/qt-scripted-modules")
set(Slicer_INSTALL_QTSCRIPTEDMODULES_LIB_DIR "${Slicer_QTSCRIPTEDMODULES_LIB_DIR}")

# There is no application to run. CTest reports a program that does not exist as "Not Run", never as passed.
set(Slicer_LAUNCHER_EXECUTABLE "${CMAKE_CURRENT_LIST_DIR}/Slicer-is-not-here")
