# A toolchain file: project() looks for compilers, which a Python extension needs in Slicer's own build only. CMake
# takes these names on trust, so the tests run on a machine without a compiler, and run faster.

set(CMAKE_C_COMPILER "${CMAKE_COMMAND}")
set(CMAKE_C_COMPILER_FORCED TRUE)
set(CMAKE_CXX_COMPILER "${CMAKE_COMMAND}")
set(CMAKE_CXX_COMPILER_FORCED TRUE)
