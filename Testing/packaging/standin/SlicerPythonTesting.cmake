# Stands in for Slicer's slicer_add_python_test and slicer_add_python_unittest.
#
# Of the originals: the keywords; the test's name, py_<TESTNAME_PREFIX><script without ending>; the command line, in
# which the first runs a script and the second the unittest classes of a module; and that such tests run one at a time.
# Stricter: an unknown keyword and a script that does not exist stop the configuration.
# Left out: ExternalData, and the module paths that the originals add to the command line.

function(_standin_add_test prefix script)
  get_filename_component(name "${script}" NAME_WE)
  add_test(
    NAME py_${prefix}${name}
    COMMAND "${Slicer_LAUNCHER_EXECUTABLE}" --no-splash --testing ${ARGN}
    )
  set_tests_properties(py_${prefix}${name} PROPERTIES RUN_SERIAL TRUE)
endfunction()

function(_standin_test_script caller script result)
  get_filename_component(path "${script}" ABSOLUTE)
  if(NOT EXISTS "${path}")
    message(FATAL_ERROR "${caller} was given a file that does not exist: ${path}")
  endif()
  set(${result} "${path}" PARENT_SCOPE)
endfunction()

function(slicer_add_python_test)
  cmake_parse_arguments(MY "" "TESTNAME_PREFIX;SCRIPT" "SLICER_ARGS;SCRIPT_ARGS" ${ARGN})
  _standin_refuse_unless_all_is_well(slicer_add_python_test SCRIPT)
  _standin_test_script(slicer_add_python_test "${MY_SCRIPT}" path)
  _standin_add_test("${MY_TESTNAME_PREFIX}" "${path}" ${MY_SLICER_ARGS} --python-script "${path}" ${MY_SCRIPT_ARGS})
endfunction()

function(slicer_add_python_unittest)
  cmake_parse_arguments(MY "" "TESTNAME_PREFIX;SCRIPT" "SLICER_ARGS" ${ARGN})
  _standin_refuse_unless_all_is_well(slicer_add_python_unittest SCRIPT)
  _standin_test_script(slicer_add_python_unittest "${MY_SCRIPT}" path)
  get_filename_component(name "${path}" NAME_WE)
  _standin_add_test("${MY_TESTNAME_PREFIX}" "${path}" ${MY_SLICER_ARGS}
    --python-code "import slicer.testing\\; slicer.testing.runUnitTest(['${CMAKE_CURRENT_SOURCE_DIR}'], '${name}')")
endfunction()
