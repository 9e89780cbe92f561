# Writes OUTPUT, the C++ source of Assets(): FILES and the LICENCE of the chart library, each compressed by GZIP, with path, type and SHA-256.
cmake_minimum_required(VERSION 3.24)

set(arrays "")
set(table "")
set(number 0)

function(embed file path type)
  get_filename_component(folder ${OUTPUT} DIRECTORY)
  set(packed ${folder}/asset.gz)
  execute_process(COMMAND ${GZIP} -9 -n -c ${file} OUTPUT_FILE ${packed}
    COMMAND_ERROR_IS_FATAL ANY)
  file(SHA256 ${file} tag)
  string(SUBSTRING ${tag} 0 32 tag)
  file(READ ${packed} bytes HEX)
  file(REMOVE ${packed})
  string(LENGTH "${bytes}" length)
  math(EXPR length "${length} / 2")
  string(REGEX REPLACE "(................................)" "\\1\n" bytes
    "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  set(arrays
    "${arrays}constexpr unsigned char kFile${number}[] = {\n${bytes}};\n"
    PARENT_SCOPE)
  set(table "${table}    {\"${path}\", \"${type}\", \"${tag}\",\n     \
{reinterpret_cast<const char*>(kFile${number}), ${length}}},\n" PARENT_SCOPE)
  math(EXPR next "${number} + 1")
  set(number ${next} PARENT_SCOPE)
endfunction()

set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")

foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  get_filename_component(ending ${file} LAST_EXT)
  string(SUBSTRING ${ending} 1 -1 ending)
  if(name STREQUAL "index.html")
    embed(${file} / "${type_html}")
  else()
    embed(${file} /web/${name} "${type_${ending}}")
  endif()
endforeach()
embed(${LICENCE} /web/dygraphs-licence.txt "text/plain; charset=utf-8")

file(WRITE ${OUTPUT} "#include \"assets.h\"

#include <array>

namespace ntm::web {
namespace {

${arrays}
const std::array<Asset, ${number}> kAssets{{
${table}}};

}  // namespace

std::span<const Asset> Assets() { return kAssets; }

}  // namespace ntm::web
")
