# NTM_REVISION, for --version: from -D, else from git, else from the file REVISION
# that `make dist` adds to the sources.
set(NTM_REVISION "" CACHE STRING "Revision for --version; empty: detect")
if(NOT NTM_REVISION)
  set(NTM_REVISION unknown)
  if(EXISTS ${PROJECT_SOURCE_DIR}/REVISION)
    file(STRINGS ${PROJECT_SOURCE_DIR}/REVISION NTM_REVISION LIMIT_COUNT 1)
  endif()
  find_package(Git QUIET)
  if(Git_FOUND AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
    execute_process(
      COMMAND ${GIT_EXECUTABLE} describe --always --dirty --abbrev=12
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
      OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(revision)
      set(NTM_REVISION ${revision})
    endif()
    # A commit changes the revision.
    if(EXISTS ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
        ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
    endif()
  endif()
endif()
