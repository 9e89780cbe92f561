#include "push_target.h"

#include <algorithm>
#include <stdexcept>

#include "traffic_update.h"

namespace ntm::agents {
namespace {

constexpr char kUpdatePath[] = "/api/traffic/update";

}  // namespace

HttpTarget ParsePushUrl(const std::string& text) {
  try {
    return ParseHttpUrl(text, kUpdatePath);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string(error.what()) +
                                "; expected https://HOST:PORT of a hub; the "
                                "token belongs into --push-token-file");
  }
}

std::string IdOfHost(const std::string& host_name) {
  std::string id = host_name.substr(0, kLongestIdBytes);
  std::ranges::replace_if(
      id, [](char c) { return !IsAgentId(std::string(1, c)); }, '-');
  return id.empty() ? "ntm" : id;
}

}  // namespace ntm::agents
