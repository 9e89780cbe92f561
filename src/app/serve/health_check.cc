#include "health_check.h"

#include <chrono>
#include <cstdio>
#include <string>

#include "local_request.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr std::chrono::seconds kAnswerWithin{2};
constexpr int kHttpOk = 200;

}  // namespace

int CheckHealth(const Options& options) {
  const std::string& address = options.listen_addresses.front();
  Endpoint endpoint = EndpointOf(address);
  if (endpoint.port == "0") {
    std::fputs(
        "Error: port 0 means any port, so the port of ntm is unknown; set one "
        "with -p\n",
        stderr);
    return kExitUsage;
  }
  LocalAnswer answer = AskLocally(endpoint, "/-/ready", kAnswerWithin);
  if (answer.status == 0 && !options.web_config_path.empty()) {
    endpoint.is_tls = true;
    answer = AskLocally(endpoint, "/-/ready", kAnswerWithin);
  }
  if (answer.status == 0) {
    std::fprintf(stderr, "Error: no ntm answers on %s: %s\n", address.c_str(),
                 answer.text.c_str());
    return kExitFailure;
  }
  if (!answer.text.ends_with('\n')) answer.text += '\n';
  std::fputs(answer.text.c_str(), answer.status == kHttpOk ? stdout : stderr);
  return answer.status == kHttpOk ? 0 : kExitFailure;
}

}  // namespace ntm
