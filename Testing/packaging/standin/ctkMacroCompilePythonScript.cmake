# Stands in for CTK's macro of this name.
#
# Of the original:
# - scripts and resources keep their path relative to SOURCE_DIR (by default the current folder) and are copied into
#   DESTINATION_DIR when the project is built, by the targets Copy<name>PythonScriptFiles and ...ResourceFiles;
# - a script may be listed without its .py;
# - what is installed is the folder DESTINATION_DIR as it then is, not the list: into INSTALL_DIR itself with
#   NO_INSTALL_SUBDIR, otherwise into its subfolder of the same name;
# - TARGET_NAME, SCRIPTS, DESTINATION_DIR and INSTALL_DIR are mandatory.
# Stricter: an unknown keyword, and a file that does not exist, stop the configuration. The original takes an unknown
# keyword for one more file and finds a missing file when the project is built.
# Left out: absolute paths, GLOBAL_TARGET, and byte-compilation, which adds __pycache__ folders to the installed tree.

function(_standin_refuse_unless_all_is_well caller)
  if(MY_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${caller} does not know: ${MY_UNPARSED_ARGUMENTS}")
  endif()
  if(MY_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "${caller} was given nothing for: ${MY_KEYWORDS_MISSING_VALUES}")
  endif()
  foreach(keyword IN LISTS ARGN)
    if("${MY_${keyword}}" STREQUAL "")
      message(FATAL_ERROR "${caller} needs ${keyword}.")
    endif()
  endforeach()
endfunction()

# Sets `result` to the name of the file, with the .py that may have been left out.
function(_standin_find_file caller folder name result)
  if(IS_ABSOLUTE "${name}")
    message(FATAL_ERROR "${caller}: this stand-in knows no absolute paths, as in ${name}")
  endif()
  foreach(candidate IN ITEMS "${name}" "${name}.py")
    if(EXISTS "${folder}/${candidate}" AND NOT IS_DIRECTORY "${folder}/${candidate}")
      set(${result} "${candidate}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "${caller} was given a file that does not exist: ${folder}/${name}")
endfunction()

function(_standin_copy_when_built target source_dir destination_dir)
  set(copies)
  foreach(name IN LISTS ARGN)
    _standin_find_file(ctkMacroCompilePythonScript "${source_dir}" "${name}" file)
    add_custom_command(
      OUTPUT "${destination_dir}/${file}"
      DEPENDS "${source_dir}/${file}"
      COMMAND "${CMAKE_COMMAND}" -E copy "${source_dir}/${file}" "${destination_dir}/${file}"
      COMMENT "Copying ${file}"
      VERBATIM
      )
    list(APPEND copies "${destination_dir}/${file}")
  endforeach()
  add_custom_target(${target} ALL DEPENDS ${copies})
endfunction()

function(ctkMacroCompilePythonScript)
  cmake_parse_arguments(MY
    "NO_INSTALL_SUBDIR"
    "TARGET_NAME;SOURCE_DIR;DESTINATION_DIR;INSTALL_DIR"
    "SCRIPTS;RESOURCES"
    ${ARGN}
    )
  list(REMOVE_ITEM MY_KEYWORDS_MISSING_VALUES RESOURCES)
  _standin_refuse_unless_all_is_well(ctkMacroCompilePythonScript TARGET_NAME SCRIPTS DESTINATION_DIR INSTALL_DIR)
  if(NOT MY_SOURCE_DIR)
    set(MY_SOURCE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  _standin_copy_when_built(Copy${MY_TARGET_NAME}PythonScriptFiles
    "${MY_SOURCE_DIR}" "${MY_DESTINATION_DIR}" ${MY_SCRIPTS})
  _standin_copy_when_built(Copy${MY_TARGET_NAME}PythonResourceFiles
    "${MY_SOURCE_DIR}" "${MY_DESTINATION_DIR}" ${MY_RESOURCES})
  if(MY_NO_INSTALL_SUBDIR)
    string(APPEND MY_DESTINATION_DIR "/")
  endif()
  install(
    DIRECTORY "${MY_DESTINATION_DIR}"
    DESTINATION "${MY_INSTALL_DIR}"
    COMPONENT RuntimeLibraries
    USE_SOURCE_PERMISSIONS
    )
endfunction()
