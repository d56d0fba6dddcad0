# Stands in for the file that Slicer_USE_FILE names.
#
# Of the original: the project's name becomes the extension's; BUILD_TESTING exists afterwards and is on by default; the
# macros exist from here on and not before. Left out: everything about compilers, ITK, VTK, Qt and packaging.

if(NOT PROJECT_NAME)
  message(FATAL_ERROR "project() has to come before include(\${Slicer_USE_FILE}).")
endif()
set(EXTENSION_NAME "${PROJECT_NAME}")

# CTest's dashboard targets are of no use to an extension.
set_property(GLOBAL PROPERTY CTEST_TARGETS_ADDED 1)
include(CTest)

include("${CMAKE_CURRENT_LIST_DIR}/ctkMacroCompilePythonScript.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/SlicerPythonTesting.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/slicerMacroBuildScriptedModule.cmake")
