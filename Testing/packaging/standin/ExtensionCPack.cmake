# Stands in for the script that Slicer_EXTENSION_CPACK names.
#
# Of the original: it comes last and reads what the extension says of itself. Stricter: all of it has to be said, each
# as one string on one line. Left out: the package.

foreach(entry IN ITEMS HOMEPAGE CONTRIBUTORS DESCRIPTION ICONURL SCREENSHOTURLS DEPENDS)
  list(LENGTH EXTENSION_${entry} length)
  if(NOT length EQUAL 1 OR "${EXTENSION_${entry}}" MATCHES "\n")
    message(FATAL_ERROR "EXTENSION_${entry} has to be one quoted string on one line.")
  endif()
endforeach()
