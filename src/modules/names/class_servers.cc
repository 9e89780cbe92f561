#include "class_servers.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ntm::names {

void ClassServers::Learn(const Address& client, const Address& server,
                         ClassId traffic_class, int64_t ttl_seconds, Time now) {
  const Time until =
      now + std::clamp<Time>(std::chrono::seconds(std::clamp<int64_t>(
                                 ttl_seconds, 0, kMaxTtl.count())),
                             kMinTtl, kMaxTtl);
  const std::scoped_lock lock(mutex_);
  if (traffic_class == kNoClass) {
    LearnPlain({client, server}, until);
  } else {
    LearnPair({client, server}, traffic_class, until);
  }
}

void ClassServers::LearnPair(const ClientHost& pair, ClassId traffic_class,
                             Time until) {
  if (const auto found = pair_index_.find(pair); found != pair_index_.end()) {
    pairs_.splice(pairs_.begin(), pairs_, found->second);
    Pair& known = pairs_.front();
    is_stale_ = is_stale_ || known.traffic_class != traffic_class;
    known.traffic_class = traffic_class;
    known.until = std::max(known.until, until);
    return;
  }
  if (pairs_.size() >= capacity_) {
    Erase(std::prev(pairs_.end()));
    ++counts_.forgotten_pairs;
  }
  pairs_.push_front({pair, traffic_class, until});
  pair_index_.emplace(pair, pairs_.begin());
  ++pairs_of_[pair.host];
  is_stale_ = true;
}

void ClassServers::LearnPlain(const ClientHost& pair, Time until) {
  if (const auto found = pair_index_.find(pair); found != pair_index_.end()) {
    Erase(found->second);
  }
  const auto found = plain_index_.find(pair.host);
  if (found != plain_index_.end()) {
    plains_.splice(plains_.begin(), plains_, found->second);
    plains_.front().until = std::max(plains_.front().until, until);
    return;
  }
  if (plains_.size() >= capacity_ * kPlainTimes) {
    Erase(std::prev(plains_.end()));
    ++counts_.forgotten_plain;
  }
  plains_.push_front({pair.host, until});
  plain_index_.emplace(pair.host, plains_.begin());
  is_stale_ = is_stale_ || pairs_of_.contains(pair.host);
}

void ClassServers::Erase(Pairs::iterator pair) {
  const auto of_server = pairs_of_.find(pair->pair.host);
  if (--of_server->second == 0) pairs_of_.erase(of_server);
  pair_index_.erase(pair->pair);
  pairs_.erase(pair);
  is_stale_ = true;
}

void ClassServers::Erase(Plains::iterator plain) {
  is_stale_ = is_stale_ || pairs_of_.contains(plain->server);
  plain_index_.erase(plain->server);
  plains_.erase(plain);
}

std::shared_ptr<const ServerClasses> ClassServers::Table(Time now) {
  const std::scoped_lock lock(mutex_);
  const bool must_sweep = now >= sweep_at_;
  if (!must_sweep && !is_stale_) return table_;
  // Before the table with these notes is replaced.
  NoteSeen(now);
  if (must_sweep) Sweep(now);
  if (!is_stale_) return table_;
  table_ = pairs_.empty() ? nullptr : Make();
  is_stale_ = false;
  return table_;
}

// A packet that no client's rule decided about may be of any of the server's
// pairs, if all have one class; if not, it was of none, and so of a name
// without a class.
void ClassServers::NoteSeen(Time now) {
  if (table_ == nullptr) return;
  std::unordered_set<Address, AddressHash> servers;
  std::unordered_set<ClientHost, ClientHostHash> pairs;
  const Time until = now + kKeptUnseen;
  table_->TakeSeen([&](const ServerClasses::Rule& rule) {
    if (rule.client.kind != AddressKind::kNone) {
      pairs.insert({rule.client, rule.server});
    } else if (rule.traffic_class != kNoClass) {
      servers.insert(rule.server);
    } else if (const auto plain = plain_index_.find(rule.server);
               plain != plain_index_.end()) {
      plains_.splice(plains_.begin(), plains_, plain->second);
      plains_.front().until = std::max(plains_.front().until, until);
    }
  });
  if (servers.empty() && pairs.empty()) return;
  Pairs seen;
  for (auto at = pairs_.begin(); at != pairs_.end();) {
    const auto next = std::next(at);
    if (servers.contains(at->pair.host) || pairs.contains(at->pair)) {
      at->until = std::max(at->until, until);
      seen.splice(seen.end(), pairs_, at);
    }
    at = next;
  }
  pairs_.splice(pairs_.begin(), seen);
}

void ClassServers::Sweep(Time now) {
  sweep_at_ = now + kSweepInterval;
  const auto sweep = [&](auto* list) {
    for (auto at = list->begin(); at != list->end();) {
      const auto next = std::next(at);
      if (at->until <= now) Erase(at);
      at = next;
    }
  };
  sweep(&pairs_);
  sweep(&plains_);
}

std::shared_ptr<const ServerClasses> ClassServers::Make() const {
  std::unordered_map<Address, ClassId, AddressHash> of_all;
  for (const Pair& pair : pairs_) {
    const bool is_plain = plain_index_.contains(pair.pair.host);
    const ClassId own = is_plain ? kNoClass : pair.traffic_class;
    const auto [at, is_new] = of_all.try_emplace(pair.pair.host, own);
    if (at->second != own) at->second = kNoClass;
  }
  std::vector<ServerClasses::Rule> rules;
  for (const auto& [server, traffic_class] : of_all) {
    rules.push_back({server, Address(), traffic_class});
  }
  for (const Pair& pair : pairs_) {
    if (of_all.at(pair.pair.host) != kNoClass) continue;
    rules.push_back({pair.pair.host, pair.pair.client, pair.traffic_class});
  }
  return std::make_shared<const ServerClasses>(rules);
}

ClassServers::Counts ClassServers::counts() const {
  const std::scoped_lock lock(mutex_);
  Counts counts = counts_;
  counts.pairs = pairs_.size();
  return counts;
}

}  // namespace ntm::names
