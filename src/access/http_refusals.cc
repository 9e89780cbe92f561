#include "ntm/access/http_refusals.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "ntm/access/peer.h"
#include "ntm/exposition/family.h"

namespace ntm {
namespace {

constexpr size_t kMostPeers = 64;
constexpr size_t kShownPeers = 5;

// The label value, and the text in the log.
constexpr std::array<std::pair<const char*, const char*>,
                     HttpRefusals::kReasons>
    kReasonTexts{{{"connections", "too many connections"},
                  {"requests", "too many requests at once"},
                  {"websockets", "too many WebSocket connections"},
                  {"memory", "too many request bodies at once"},
                  {"malformed", "malformed"},
                  {"too_large", "too large"},
                  {"credentials", "missing or wrong credentials"},
                  {"guesses", "too many passwords tried"},
                  {"forbidden", "not allowed for this peer, site or host"}}};

}  // namespace

void HttpRefusals::Note(RefusalReason reason, const std::string& peer) {
  std::string name = PeerText(OnePeer(peer));
  const std::scoped_lock lock(mutex_);
  ++total_[static_cast<size_t>(reason)];
  const auto known = peers_.find(name);
  if (known != peers_.end()) {
    ++known->second;
  } else if (peers_.size() < kMostPeers) {
    peers_.emplace(std::move(name), 1);
  } else {
    ++other_peers_;
  }
}

prometheus::MetricFamily HttpRefusals::Family() const {
  auto family = CounterFamily("ntm_http_refused_requests_total",
                              "Requests and connections that were refused.");
  const std::scoped_lock lock(mutex_);
  for (size_t i = 0; i < kReasons; ++i) {
    AddSample(&family, {{"reason", kReasonTexts[i].first}},
              static_cast<double>(total_[i]));
  }
  return family;
}

std::string HttpRefusals::TakeLine() {
  uint64_t all = 0;
  std::vector<std::string> why;
  std::vector<std::pair<std::string, uint64_t>> peers;
  uint64_t others = 0;
  {
    const std::scoped_lock lock(mutex_);
    for (size_t i = 0; i < kReasons; ++i) {
      const uint64_t added = total_[i] - logged_[i];
      all += added;
      if (added > 0) {
        why.push_back(fmt::format("{} ({})", kReasonTexts[i].second, added));
      }
    }
    if (all == 0) return "";
    logged_ = total_;
    peers.assign(peers_.begin(), peers_.end());
    others = std::exchange(other_peers_, 0);
    peers_.clear();
  }
  std::ranges::sort(
      peers, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> from;
  for (size_t i = 0; i < peers.size(); ++i) {
    if (i < kShownPeers) {
      from.push_back(fmt::format("{} ({})", peers[i].first, peers[i].second));
    } else {
      others += peers[i].second;
    }
  }
  if (others > 0) from.push_back(fmt::format("others ({})", others));
  return fmt::format("{} requests refused: {}; from {}", all,
                     fmt::join(why, ", "), fmt::join(from, ", "));
}

}  // namespace ntm
