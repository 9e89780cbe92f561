// What `ntm doctor` has found, and how it is written.
//
// Shape    text  ok|warn|fail  name: detail; remedy
//          JSON  {"checks":[{"name","status","detail","remedy"}…],"ok":bool}
//          Both stay whole whatever a filter or a name holds: control
//          characters are escaped, bytes that are not UTF-8 replaced.
// Threads  values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ntm/base/error.h"

namespace ntm {

enum class Verdict : uint8_t {
  kOk,    // as it should be, or only worth knowing
  kWarn,  // works, but may not count what is expected
  kFail,  // a reason why there is no data
};

struct Finding {
  Verdict verdict = Verdict::kOk;
  std::string name;  // of the check: one or two words, always the same
  std::string detail;
  std::string remedy;  // "": there is nothing to do

  friend bool operator==(const Finding&, const Finding&) = default;
};

using Findings = std::vector<Finding>;

Finding Ok(std::string name, std::string detail, std::string remedy = "");
Finding Warn(std::string name, std::string detail, std::string remedy);
Finding Fail(std::string name, std::string detail, std::string remedy);
// The remedy is what follows the message's first semicolon.
Finding Fail(std::string name, const Error& error);

bool HasFailed(const Findings& findings);

// One line, with its end.
std::string AsLine(const Finding& finding);

// One object, with the end of its line.
std::string AsJson(const Findings& findings);

}  // namespace ntm
