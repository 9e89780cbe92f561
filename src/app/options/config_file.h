// Reads the configuration file: YAML, in which nested maps are dotted keys.
//
//   web:
//     listen-address: [":8000"]     is the key web.listen-address
//
// Shape    every value is text as in the file; its option parses it. A key
//          without a value is left out.
// Threads  pure function.
// Errors   ntm::Error, exit code 1: "Configuration file not found: P", or
//          "P:LINE: …" for a malformed file.
// Source   YAML 1.2 as yaml-cpp reads it; only the first document is read.
#pragma once

#include <string>
#include <vector>

namespace ntm {

struct FileSetting {
  std::string key;                  // as in the file, joined by dots
  std::vector<std::string> values;  // one, or the elements of a list
  bool is_list = false;
  int line = 0;  // from 1
};

std::vector<FileSetting> ReadConfigFile(const std::string& path);

}  // namespace ntm
