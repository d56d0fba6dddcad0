# Stands in for Slicer's macro of this name.
#
# Of the original: an unknown keyword, a missing NAME and a file that does not exist stop the configuration; paths stay
# relative to the module's folder; everything goes into the one folder of all scripted modules, in the build tree and
# in the installed tree; WITH_GENERIC_TESTS registers the test py_nomainwindow_qSlicer<name>ModuleGenericTest.
# Left out: WITH_SUBDIR and VERBOSE, which count as unknown here, and the collecting of texts to translate.

function(slicerMacroBuildScriptedModule)
  cmake_parse_arguments(MY "WITH_GENERIC_TESTS" "NAME" "SCRIPTS;RESOURCES" ${ARGN})
  list(REMOVE_ITEM MY_KEYWORDS_MISSING_VALUES RESOURCES)
  _standin_refuse_unless_all_is_well(slicerMacroBuildScriptedModule NAME SCRIPTS)
  foreach(name IN LISTS MY_SCRIPTS MY_RESOURCES)
    _standin_find_file(slicerMacroBuildScriptedModule "${CMAKE_CURRENT_SOURCE_DIR}" "${name}" file)
  endforeach()
  ctkMacroCompilePythonScript(
    TARGET_NAME ${MY_NAME}
    SCRIPTS "${MY_SCRIPTS}"
    RESOURCES "${MY_RESOURCES}"
    DESTINATION_DIR ${CMAKE_BINARY_DIR}/${Slicer_QTSCRIPTEDMODULES_LIB_DIR}
    INSTALL_DIR ${Slicer_INSTALL_QTSCRIPTEDMODULES_LIB_DIR}
    NO_INSTALL_SUBDIR
    )
  if(BUILD_TESTING AND MY_WITH_GENERIC_TESTS)
    # Slicer makes this script from a template of its own.
    set(script "${CMAKE_CURRENT_BINARY_DIR}/qSlicer${MY_NAME}ModuleGenericTest.py")
    file(WRITE "${script}" "raise SystemExit('Only Slicer has the generic tests of a module.')\n")
    slicer_add_python_unittest(
      SCRIPT "${script}"
      SLICER_ARGS --no-main-window --disable-cli-modules
      TESTNAME_PREFIX nomainwindow_
      )
  endif()
endfunction()
