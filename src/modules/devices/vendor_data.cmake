# Writes OUTPUT, the table of vendor_data.h, from IEEE's list SOURCE, which may be
# missing: the table is then empty.
cmake_minimum_required(VERSION 3.24)
set(ENV{LC_ALL} C)
if(NOT EXISTS "${SOURCE}")
  set(SOURCE /dev/null)
endif()
execute_process(COMMAND sort ${SOURCE}
  COMMAND awk -f ${AWK_SCRIPT}
  OUTPUT_FILE ${OUTPUT} COMMAND_ERROR_IS_FATAL ANY)
