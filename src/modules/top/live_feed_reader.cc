#include "live_feed_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ntm::top {
namespace {

constexpr int kAnswered = 200;
constexpr size_t kMostFlows = 500;
constexpr double kLeastSeconds = 1;
constexpr double kMostSeconds = 10;
// Until there is something for the first time.
constexpr std::chrono::milliseconds kRetry{200};

}  // namespace

LiveFeedReader::LiveFeedReader(LiveServer server, Charset charset)
    : charset_(charset), client_(std::move(server)) {}

void LiveFeedReader::SetFlows(bool are_wanted, std::string_view order) {
  wants_flows_ = are_wanted;
  flow_order_ = order;
}

bool LiveFeedReader::Wait(std::span<const int> readable) {
  const auto now = Clock::now();
  if (!client_.is_asking() && now >= due_) {
    const double seconds =
        std::clamp(moment_.interval_seconds, kLeastSeconds, kMostSeconds);
    due_ = now + (moments_ == 0 ? kRetry
                                : std::chrono::milliseconds(
                                      static_cast<int64_t>(seconds * 1000)));
    asks_flows_ = false;
    client_.Ask("/api/live");
  }
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(due_ - Clock::now());
  const auto answer = client_.Wait(
      std::max(left, std::chrono::milliseconds(client_.is_asking() ? 100 : 0)),
      readable);
  return answer && Take(*answer);
}

bool LiveFeedReader::Take(const LiveAnswer& answer) {
  if (!asks_flows_) return TakeLive(answer);
  asks_flows_ = false;
  auto flows = answer.status == kAnswered ? ReadFlows(answer.body, charset_)
                                          : std::nullopt;
  if (flows) next_.conversations = *std::move(flows);
  Publish();
  return true;
}

bool LiveFeedReader::TakeLive(const LiveAnswer& answer) {
  if (answer.status != kAnswered) {
    const std::string said = ReadFault(answer.body, charset_);
    fault_ = answer.status == 0
                 ? fmt::format("ntm does not answer: {}; trying again",
                               CleanText(answer.body, charset_))
                 : fmt::format("ntm answers {}{}{}", answer.status,
                               said.empty() ? "" : ": ", said);
    return true;
  }
  next_ = ReadLive(answer.body, charset_);
  if (!next_.is_live) {
    fault_ = "what answers there is no ntm with a live page";
    return true;
  }
  if (wants_flows_) {
    asks_flows_ = true;
    client_.Ask(
        fmt::format("/api/flows?sort={}&limit={}", flow_order_, kMostFlows));
    return false;
  }
  Publish();
  return true;
}

void LiveFeedReader::Publish() {
  fault_.clear();
  NameEnds(&next_);
  const bool is_new = next_.timestamp != moment_.timestamp;
  moment_ = std::move(next_);
  if (!is_new) return;
  ++moments_;
  if (!moment_.down_bytes_per_second) return;
  down_.Add(*moment_.down_bytes_per_second);
  up_.Add(moment_.up_bytes_per_second.value_or(0));
}

}  // namespace ntm::top
