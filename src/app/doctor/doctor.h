// `ntm doctor [--json] [--seconds N] [options] [filter …]`: says why there is
// no data.
//
// Shape    the options are ntm's own; every check is a line on standard
//          output (see doctor_report.h), progress is on standard error if that
//          is a terminal. What needs no rights is looked at without them.
// Threads  main thread, before any other.
// Errors   RunDoctor() throws ntm::Error for words it does not understand;
//          whatever else is wrong is a line. Returns the exit code: 0, or 1
//          where a check has failed.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "ntm/module/module.h"

namespace ntm {

inline constexpr char kDoctorSubcommand[] = "doctor";

// For the help; it has neither take() nor run().
Subcommand DoctorSubcommand();

// What is doctor's own of its words; the rest is for ParseOptions().
struct DoctorWords {
  bool json = false;
  std::chrono::seconds duration{5};
  std::vector<const char*> rest;  // with argv[0]
};
DoctorWords ParseDoctorWords(int argc, const char* const* argv);

// argv[0] is the program, the subcommand is taken away.
int RunDoctor(int argc, const char* const* argv,
              std::vector<std::unique_ptr<Module>> modules);

}  // namespace ntm
