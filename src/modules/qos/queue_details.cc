#include "queue_details.h"

#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace ntm::qos {
namespace {

template <int kMost>
class Attributes {
 public:
  Attributes(const nlattr* first, int size) {
    // nla_parse() does not modify its input.
    if (nla_parse(all_.data(), kMost, const_cast<nlattr*>(first), size,
                  nullptr) < 0) {
      all_.fill(nullptr);
    }
  }
  explicit Attributes(const nlattr* nest)
      : Attributes(nest == nullptr ? nullptr
                                   : static_cast<const nlattr*>(nla_data(nest)),
                   nest == nullptr ? 0 : nla_len(nest)) {}

  // nullptr also beyond the end. (Without this check, GCC merges the instances
  // for two sizes and warns about the bounds of the larger one.)
  const nlattr* operator[](int which) const {
    return which <= kMost ? all_[static_cast<size_t>(which)] : nullptr;
  }

  // An integer of 4 or 8 bytes; 0 if there is none.
  uint64_t Number(int which) const {
    const nlattr* found = (*this)[which];
    uint64_t number = 0;
    if (found == nullptr) return number;
    if (nla_len(found) >= static_cast<int>(sizeof number)) {
      std::memcpy(&number, nla_data(found), sizeof number);
    } else if (nla_len(found) >= static_cast<int>(sizeof(uint32_t))) {
      uint32_t narrow = 0;
      std::memcpy(&narrow, nla_data(found), sizeof narrow);
      number = narrow;
    }
    return number;
  }

 private:
  std::array<nlattr*, kMost + 1> all_{};
};

std::optional<FqCodelDetails> FqCodelOf(const nlattr* stats) {
  tc_fq_codel_xstats given{};
  // Older kernels send a shorter structure.
  if (stats == nullptr ||
      nla_len(stats) < static_cast<int>(sizeof given.type)) {
    return std::nullopt;
  }
  std::memcpy(&given, nla_data(stats),
              std::min(sizeof given, static_cast<size_t>(nla_len(stats))));
  if (given.type != TCA_FQ_CODEL_XSTATS_QDISC) return std::nullopt;
  const tc_fq_codel_qd_stats& all = given.qdisc_stats;
  return FqCodelDetails{all.ecn_mark,       all.drop_overlimit,
                        all.new_flow_count, all.new_flows_len,
                        all.old_flows_len,  all.memory_usage};
}

CakeTin TinOf(const nlattr* nest) {
  const Attributes<TCA_CAKE_TIN_STATS_MAX> tin(nest);
  return {tin.Number(TCA_CAKE_TIN_STATS_SENT_BYTES64),
          tin.Number(TCA_CAKE_TIN_STATS_SENT_PACKETS),
          tin.Number(TCA_CAKE_TIN_STATS_DROPPED_PACKETS),
          tin.Number(TCA_CAKE_TIN_STATS_ECN_MARKED_PACKETS),
          tin.Number(TCA_CAKE_TIN_STATS_BACKLOG_BYTES),
          tin.Number(TCA_CAKE_TIN_STATS_THRESHOLD_RATE64),
          tin.Number(TCA_CAKE_TIN_STATS_AVG_DELAY_US),
          tin.Number(TCA_CAKE_TIN_STATS_PEAK_DELAY_US)};
}

std::optional<CakeDetails> CakeOf(const nlattr* stats) {
  if (stats == nullptr) return std::nullopt;
  constexpr int kMostTins = 8;
  const Attributes<TCA_CAKE_STATS_MAX> all(stats);
  CakeDetails details;
  details.capacity_bytes_per_second =
      all.Number(TCA_CAKE_STATS_CAPACITY_ESTIMATE64);
  details.memory_bytes = all.Number(TCA_CAKE_STATS_MEMORY_USED);
  const Attributes<kMostTins> tins(all[TCA_CAKE_STATS_TIN_STATS]);
  for (int i = 1; i <= kMostTins && tins[i] != nullptr; ++i) {
    details.tins.push_back(TinOf(tins[i]));
  }
  return details;
}

}  // namespace

QueueDetails DetailsOf(const nlattr* first, int size) {
  const Attributes<TCA_MAX> message(first, size);
  const nlattr* kind = message[TCA_KIND];
  if (kind == nullptr) return {};
  const std::string_view name(static_cast<const char*>(nla_data(kind)),
                              strnlen(static_cast<const char*>(nla_data(kind)),
                                      static_cast<size_t>(nla_len(kind))));
  const Attributes<TCA_STATS_MAX> stats(message[TCA_STATS2]);
  const nlattr* own = stats[TCA_STATS_APP];
  if (own == nullptr) own = message[TCA_XSTATS];
  QueueDetails details;
  if (name == "fq_codel") details.fq_codel = FqCodelOf(own);
  if (name == "cake") details.cake = CakeOf(own);
  return details;
}

}  // namespace ntm::qos
