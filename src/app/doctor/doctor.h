// `ntm doctor [--json] [--seconds N] [options] [filter …]`: finds out why there
// is no data.
//
// Shape    takes ntm's own options; every check prints a line on standard
//          output (see doctor_report.h); progress is shown on standard error if
//          that is a terminal. Checks that need no privileges run without them.
// Threads  main thread, before other threads start.
// Errors   RunDoctor() throws ntm::Error for wrong usage; every other problem
//          is a line of the report. Returns the exit code: 0, or 1 if a check
//          has failed.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "ntm/module/command_line.h"
#include "ntm/module/module.h"

namespace ntm {

inline constexpr char kDoctorSubcommand[] = "doctor";

// For the help; it has neither take() nor run().
Subcommand DoctorSubcommand();

// The subcommand's own options; the rest is for ParseOptions().
struct DoctorWords {
  bool json = false;
  std::chrono::seconds duration{5};
  std::vector<const char*> rest;  // with argv[0]
};
DoctorWords ParseDoctorWords(int argc, const char* const* argv);

// argv[0] is the program; the subcommand is not in argv.
int RunDoctor(int argc, const char* const* argv,
              std::vector<std::unique_ptr<Module>> modules);

}  // namespace ntm
