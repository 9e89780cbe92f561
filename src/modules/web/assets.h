// The files of the web page, embedded by the build.
//
// Shape    gzipped; the tag is the SHA-256 of the file.
// Source   assets.cmake writes the list from src/modules/web/assets and from
//          the chart library's Debian package.
#pragma once

#include <span>
#include <string_view>

namespace ntm::web {

struct Asset {
  std::string_view path;  // "/", "/web/app.js"
  std::string_view content_type;
  std::string_view tag;
  std::string_view gzip;
};

std::span<const Asset> Assets();

}  // namespace ntm::web
