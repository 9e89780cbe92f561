// Represents the findings of `ntm doctor`, and formats them as text or JSON.
//
// Shape    text  ok|warn|fail  name: detail; remedy
//          JSON  {"checks":[{"name","status","detail","remedy"}…],"ok":bool}
//          Control characters in names and filters are escaped; in JSON invalid
//          UTF-8 is replaced.
// Threads  values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ntm/base/error.h"

namespace ntm {

enum class Verdict : uint8_t {
  kOk,    // no problem
  kWarn,  // ntm works, but may not count what is expected
  kFail,  // a reason why there is no data
};

struct Finding {
  Verdict verdict = Verdict::kOk;
  std::string name;  // of the check: one or two fixed words
  std::string detail;
  std::string remedy;  // "" if there is nothing to do

  friend bool operator==(const Finding&, const Finding&) = default;
};

using Findings = std::vector<Finding>;

Finding Ok(std::string name, std::string detail, std::string remedy = "");
Finding Warn(std::string name, std::string detail, std::string remedy);
Finding Fail(std::string name, std::string detail, std::string remedy);
// The remedy is the text after the first semicolon of the message.
Finding Fail(std::string name, const Error& error);

bool HasFailed(const Findings& findings);

// One line, including the newline.
std::string AsLine(const Finding& finding);

// One JSON object, including a newline.
std::string AsJson(const Findings& findings);

}  // namespace ntm
