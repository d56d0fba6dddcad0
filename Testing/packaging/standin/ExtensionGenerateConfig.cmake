# Stands in for the script that Slicer_EXTENSION_GENERATE_CONFIG names.
#
# Of the original: <extension>Config.cmake lies in the build tree afterwards. Left out: what it says, which matters to
# extensions that link against this one.

if(NOT EXTENSION_NAME)
  message(FATAL_ERROR "include(\${Slicer_USE_FILE}) has to come first.")
endif()
file(WRITE "${CMAKE_BINARY_DIR}/${EXTENSION_NAME}Config.cmake" "# ${EXTENSION_NAME}, configured without Slicer\n")
