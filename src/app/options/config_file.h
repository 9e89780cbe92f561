// Reads the configuration file: YAML whose nested maps are dotted keys.
//
//   web:
//     listen-address: [":8000"]     is the key web.listen-address
//
// Shape    every value is text, as it stands in the file; what it means is its
//          option's business. A key without a value is left out.
// Threads  pure function.
// Errors   ntm::Error, exit code 1: "Configuration file not found: P", or
//          "P:LINE: …" for what is not such a file.
// Source   YAML 1.2 as yaml-cpp reads it; only the first document counts.
#pragma once

#include <string>
#include <vector>

namespace ntm {

struct FileSetting {
  std::string key;                  // as written, joined by dots
  std::vector<std::string> values;  // one, or those of a list
  bool is_list = false;
  int line = 0;  // from 1
};

std::vector<FileSetting> ReadConfigFile(const std::string& path);

}  // namespace ntm
