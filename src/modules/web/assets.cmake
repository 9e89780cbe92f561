# Writes OUTPUT, the C++ source of Assets(): FILES and the LICENCE of the chart library, each compressed by GZIP, with path, type and SHA-256.
#
# MODULES are joined to one script, /web/app.js, and STYLES to one style sheet: a browser needs longer for twenty small files than for their content.
# In the script a module is a function that returns what it exports. MODULES are in an order in which each imports only earlier ones.
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

get_filename_component(folder ${OUTPUT} DIRECTORY)

set(script "'use strict';\n")
foreach(file IN LISTS MODULES)
  file(READ ${file} text)
  get_filename_component(name ${file} NAME_WE)
  string(REGEX MATCHALL "import [^']*'\\./[a-z]+\\.js'" imports "${text}")
  foreach(import IN LISTS imports)
    string(REGEX REPLACE ".*'\\./([a-z]+)\\.js'" "\\1" from "${import}")
    if(NOT from IN_LIST joined)
      message(FATAL_ERROR "${file} imports ${from}.js, which comes later")
    endif()
  endforeach()
  list(APPEND joined ${name})
  string(REGEX REPLACE "import ({[^}]*})[ \n]*from '\\./([a-z]+)\\.js'"
    "const \\1 = \\2Module" text "${text}")
  string(REGEX MATCHALL
    "\nexport (async )?(const|function|class) [A-Za-z]+" exports "${text}")
  list(TRANSFORM exports REPLACE ".* ([A-Za-z]+)$" "\\1")
  list(JOIN exports ", " exports)
  string(REGEX REPLACE "\nexport " "\n" text "${text}")
  if(text MATCHES "\n(import|export) ")
    message(FATAL_ERROR "${file}: an import or export that is not understood")
  endif()
  string(APPEND script "const ${name}Module = (() => {\n${text}\n"
    "return { ${exports} };\n})();\n")
endforeach()
file(WRITE ${folder}/app.js "${script}")

set(style "")
foreach(file IN LISTS STYLES)
  file(READ ${file} text)
  string(APPEND style "${text}\n")
endforeach()
file(WRITE ${folder}/style.css "${style}")

foreach(file IN LISTS FILES ITEMS ${folder}/app.js ${folder}/style.css)
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
