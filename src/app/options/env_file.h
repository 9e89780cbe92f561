// A file of environment variables, as --env-file names it.
//
//   # a comment
//   NTM_PORT=9100            export before it may stand
//   LOG_LEVEL="DEBUG"        quotes of either kind are taken off
//
// Shape    an unquoted value ends before " #"; in double quotes \n, \t, \" and
//          \\ mean what they do in C.
// Threads  start of the program only.
// Errors   ntm::Error, exit code 1, naming the file and the line.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ntm {

// Names and values.
using EnvVariables = std::vector<std::pair<std::string, std::string>>;

// The variables of the text, in order. `path` is the file's name in messages.
EnvVariables ParseEnvFile(const std::string& text, const std::string& path);

EnvVariables ReadEnvFile(const std::string& path);

// Puts those into the environment that are not there already. REQUIRES: no
// other thread.
void PutIntoEnvironment(const EnvVariables& variables);

}  // namespace ntm
