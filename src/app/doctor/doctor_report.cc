#include "doctor_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "ntm/http/json.h"

namespace ntm {
namespace {

constexpr std::string_view kRemedyFollows = "; ";

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "ok";
    case Verdict::kWarn:
      return "warn";
    case Verdict::kFail:
      break;
  }
  return "fail";
}

std::string OnOneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte == 0x7f) {
      line += fmt::format("\\x{:02x}", byte);
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace

Finding Ok(std::string name, std::string detail, std::string remedy) {
  return {Verdict::kOk, std::move(name), std::move(detail), std::move(remedy)};
}

Finding Warn(std::string name, std::string detail, std::string remedy) {
  return {Verdict::kWarn, std::move(name), std::move(detail),
          std::move(remedy)};
}

Finding Fail(std::string name, std::string detail, std::string remedy) {
  return {Verdict::kFail, std::move(name), std::move(detail),
          std::move(remedy)};
}

Finding Fail(std::string name, const Error& error) {
  const std::string message = error.what();
  const size_t end = std::min(message.find(kRemedyFollows), message.size());
  const size_t remedy = std::min(end + kRemedyFollows.size(), message.size());
  return Fail(std::move(name), message.substr(0, end), message.substr(remedy));
}

bool HasFailed(const Findings& findings) {
  return std::ranges::find(findings, Verdict::kFail, &Finding::verdict) !=
         findings.end();
}

std::string AsLine(const Finding& finding) {
  return fmt::format("{:<4}  {}: {}{}{}\n", NameOf(finding.verdict),
                     finding.name, OnOneLine(finding.detail),
                     finding.remedy.empty() ? "" : kRemedyFollows,
                     OnOneLine(finding.remedy));
}

std::string AsJson(const Findings& findings) {
  auto checks = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    checks.push_back({{"name", finding.name},
                      {"status", NameOf(finding.verdict)},
                      {"detail", finding.detail},
                      {"remedy", finding.remedy}});
  }
  const nlohmann::ordered_json report = {{"checks", std::move(checks)},
                                         {"ok", !HasFailed(findings)}};
  return WriteJson(report) + "\n";
}

}  // namespace ntm
