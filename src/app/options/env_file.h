// Reads a file of environment variables, for --env-file: for users who bring a
// .env along (docs/migration.md); systemd and Docker have readers of their own.
//
//   # a comment
//   NTM_PORT=9100            may start with "export "
//   LOG_LEVEL="DEBUG"        single or double quotes are removed
//
// Shape    an unquoted value ends before " #"; in double quotes \n, \t, \" and
//          \\ are escapes as in C.
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

// Adds the variables to the environment, but does not change existing ones.
// REQUIRES: no other thread.
void PutIntoEnvironment(const EnvVariables& variables);

}  // namespace ntm
